using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Tests;

/// <summary>What tests of kernels share: every width that the processor has, and numbers to work on.</summary>
internal static unsafe class Widths
{
    /// <summary>Every width that the processor has, by its bits; the last is plain floats.</summary>
    public static TheoryData<int> All => new(VectorWidth.Available.Select(width => width.Bits));

    public static VectorWidth Of(int bits) => VectorWidth.Available.Single(width => width.Bits == bits);

    /// <summary>Random numbers in [-1, 1), the same for the same seed.</summary>
    public static AlignedFloats Random(long count, int seed)
    {
        var random = new Random(seed);
        var values = new AlignedFloats(count);
        for (long i = 0; i < count; i++)
            values.Pointer[i] = (random.NextSingle() * 2) - 1;
        return values;
    }

    public static float[] ToArray(AlignedFloats values) => new Span<float>(values.Pointer, (int)values.Length).ToArray();

    /// <summary>Runs an action that is written once for every type of vectors.</summary>
    public static void Run(this VectorWidth width, IVectorAction action) => width.Run<int>(new Kernel(action));

    public interface IVectorAction
    {
        void Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>;
    }

    private sealed class Kernel(IVectorAction action) : IVectorKernel<int>
    {
        public int Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            action.Run<TVector>();
            return 0;
        }
    }
}
