namespace Dcsm.Numerics.Vectors;

/// <summary>A vector of floats, so that a kernel is written once and compiled for every width.</summary>
public unsafe interface ISimd<TSelf>
    where TSelf : unmanaged, ISimd<TSelf>
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Load(float* from);

    /// <summary>One number in every lane.</summary>
    static abstract TSelf Broadcast(float value);

    static abstract void Store(TSelf value, float* to);

    static abstract TSelf Add(TSelf a, TSelf b);

    static abstract TSelf Subtract(TSelf a, TSelf b);

    static abstract TSelf Multiply(TSelf a, TSelf b);

    static abstract TSelf Divide(TSelf a, TSelf b);

    static abstract TSelf Min(TSelf a, TSelf b);

    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Whole numbers.</summary>
    static abstract TSelf Load(int* from);

    /// <summary>value · 2^n, n being what the lowest bits of the other's representation say.</summary>
    static abstract TSelf Scale(TSelf value, TSelf exponent);

    /// <summary>a · b + c, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger of value and 0.</summary>
    static abstract TSelf Relu(TSelf value);

    /// <summary>The value where the gate is above 0, else 0: the gradient of <see cref="Relu"/>.</summary>
    static abstract TSelf Gate(TSelf value, TSelf gate);
}
