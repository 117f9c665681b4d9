namespace Dcsm.Numerics.Vectors;

/// <summary>A vector of floats, so that a kernel is written once and compiled for every width (<see cref="VectorWidth"/>).</summary>
/// <typeparam name="TSelf">The vector itself.</typeparam>
public unsafe interface IFloatVector<TSelf>
    where TSelf : unmanaged, IFloatVector<TSelf>
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Zero in every lane.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>As many floats as there are lanes; they need not be aligned.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>As many whole numbers as there are lanes, converted.</summary>
    static abstract TSelf Load(int* source);

    /// <summary>One number in every lane.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Writes all lanes.</summary>
    static abstract void Store(TSelf value, float* destination);

    /// <summary>a + b.</summary>
    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>a − b.</summary>
    static abstract TSelf Subtract(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    static abstract TSelf Multiply(TSelf a, TSelf b);

    /// <summary>a / b.</summary>
    static abstract TSelf Divide(TSelf a, TSelf b);

    /// <summary>The smaller of the two, as the processor has it where one is no number.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger of the two, as the processor has it where one is no number.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>value · 2^n, n being what the lowest bits of the other's representation say.</summary>
    static abstract TSelf Scale(TSelf value, TSelf exponent);

    /// <summary>a · b + c, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger of value and 0.</summary>
    static abstract TSelf Relu(TSelf value);

    /// <summary>The value where the gate is above 0, else 0: the gradient of <see cref="Relu"/>.</summary>
    static abstract TSelf Gate(TSelf value, TSelf gate);
}
