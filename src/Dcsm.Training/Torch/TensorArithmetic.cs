using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Torch;

/// <summary>Arithmetic of tensors and numbers, in which libtorch reads no number that is freed already.</summary>
/// <remarks>
/// TorchSharp makes a <see cref="Scalar"/> of each number, gives libtorch its address and lets go of it: where a garbage collection falls
/// between, the finalizer's thread frees it before libtorch has read it, and the result is of a wrong number, or an error. Here the last
/// ones of each thread are held. A test sees to it that nothing else in this room makes any.
/// </remarks>
internal static class TensorArithmetic
{
    // More than any one expression takes.
    private const int Held = 64;

    [ThreadStatic]
    private static Scalar[]? _last;

    [ThreadStatic]
    private static int _next;

    /// <summary>A number to be given to one call of libtorch at once, on the same thread.</summary>
    public static Scalar Number(double value) => Hold(value.ToScalar());

    /// <inheritdoc cref="Number(double)"/>
    public static Scalar Number(long value) => Hold(value.ToScalar());

    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, Number(1L));

    public static Tensor Plus(this Tensor x, double y) => x.add(Number(y));

    public static Tensor Minus(this Tensor x, double y) => x.sub(Number(y));

    public static Tensor Times(this Tensor x, double y) => x.mul(Number(y));

    public static Tensor Over(this Tensor x, double y) => x.div(Number(y));

    /// <summary>Adds in place.</summary>
    public static Tensor Add(this Tensor x, Tensor y) => x.add_(y, Number(1L));

    private static Scalar Hold(Scalar scalar)
    {
        _last ??= new Scalar[Held];
        _next = (_next + 1) % Held;
        return _last[_next] = scalar;
    }
}
