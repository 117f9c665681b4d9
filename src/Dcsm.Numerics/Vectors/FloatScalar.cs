namespace Dcsm.Numerics.Vectors;

/// <summary>One float: kernels without vectors, which wider ones are compared with.</summary>
public readonly unsafe struct FloatScalar : IFloatVector<FloatScalar>
{
    private readonly float _value;

    private FloatScalar(float value) => _value = value;

    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static FloatScalar Zero => default;

    /// <inheritdoc/>
    public static FloatScalar Load(float* source) => new(*source);

    /// <inheritdoc/>
    public static FloatScalar Load(int* source) => new(*source);

    /// <inheritdoc/>
    public static FloatScalar Broadcast(float value) => new(value);

    /// <inheritdoc/>
    public static void Store(FloatScalar value, float* destination) => *destination = value._value;

    /// <inheritdoc/>
    public static FloatScalar Add(FloatScalar a, FloatScalar b) => new(a._value + b._value);

    /// <inheritdoc/>
    public static FloatScalar Subtract(FloatScalar a, FloatScalar b) => new(a._value - b._value);

    /// <inheritdoc/>
    public static FloatScalar Multiply(FloatScalar a, FloatScalar b) => new(a._value * b._value);

    /// <inheritdoc/>
    public static FloatScalar Divide(FloatScalar a, FloatScalar b) => new(a._value / b._value);

    /// <inheritdoc/>
    public static FloatScalar Min(FloatScalar a, FloatScalar b) => new(float.MinNative(a._value, b._value));

    /// <inheritdoc/>
    public static FloatScalar Max(FloatScalar a, FloatScalar b) => new(float.MaxNative(a._value, b._value));

    /// <inheritdoc/>
    public static FloatScalar Scale(FloatScalar value, FloatScalar exponent) =>
        new(
            BitConverter.Int32BitsToSingle(
                BitConverter.SingleToInt32Bits(value._value) + (BitConverter.SingleToInt32Bits(exponent._value) << 23)
            )
        );

    /// <inheritdoc/>
    public static FloatScalar MultiplyAdd(FloatScalar a, FloatScalar b, FloatScalar c) =>
        new(float.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    public static FloatScalar Relu(FloatScalar value) => new(float.MaxNative(value._value, 0));

    /// <inheritdoc/>
    public static FloatScalar Gate(FloatScalar value, FloatScalar gate) => new(gate._value > 0 ? value._value : 0);
}
