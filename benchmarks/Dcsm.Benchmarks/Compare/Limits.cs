using System.Diagnostics;
using System.Numerics;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks.Compare;

/// <summary>Peer (c): what the machine can do at all.</summary>
/// <param name="MatmulGflops">libtorch's product of two 2048 × 2048 matrices of float32, all cores: what is taken for the limit.</param>
/// <param name="OwnGflops">This project's kernel, 2 · V columns wide and 512 deep, all cores.</param>
/// <param name="GigabytesASecond">Reading 512 MB of memory, all cores.</param>
internal sealed record Limits(Measurement MatmulGflops, Measurement OwnGflops, Measurement GigabytesASecond)
{
    private const int Size = 2048;

    public static Limits Measure(int runs)
    {
        using Tensor a = rand(Size, Size),
            b = rand(Size, Size);
        float[] memory = new float[128 << 20];
        Samples[] samples = Alternation.Run(runs, 0.2, () => Multiply(a, b), Own, () => Read(memory));
        const double Matmul = 2.0 * Size * Size * Size;
        return new Limits(
            samples[0].As(s => Matmul / s / 1e9),
            samples[1].As(s => OwnWork / s / 1e9),
            samples[2].As(s => memory.Length * 4.0 / s / 1e9)
        );
    }

    private const int Rows = 192,
        Depth = 512,
        Repeats = 64;

    private static double OwnWork => 2.0 * Rows * Depth * 2 * Width * Repeats * Environment.ProcessorCount;

    private static int Width => VectorWidth.Widest.Count;

    private static void Multiply(Tensor a, Tensor b)
    {
        using Tensor product = a.mm(b);
    }

    private static unsafe void Own() =>
        Parallel.For(
            0,
            Environment.ProcessorCount,
            _ =>
            {
                PanelProduct product = PanelProduct.Widest;
                var a = new AlignedFloats(Rows * Depth);
                var b = new AlignedFloats(Depth * product.Columns);
                var c = new AlignedFloats(Rows * product.Columns);
                for (int i = 0; i < Repeats; i++)
                    product.Multiply(a.Pointer, Depth, b.Pointer, 1, c.Pointer, product.Columns, Rows, Depth);
                GC.KeepAlive(a);
                GC.KeepAlive(b);
                GC.KeepAlive(c);
            }
        );

    private static void Read(float[] memory)
    {
        int parts = Environment.ProcessorCount,
            length = memory.Length / parts;
        Parallel.For(
            0,
            parts,
            part =>
            {
                Vector<float> s0 = default,
                    s1 = default,
                    s2 = default,
                    s3 = default;
                int v = Vector<float>.Count;
                ReadOnlySpan<float> own = memory.AsSpan(part * length, length);
                for (int i = 0; i <= own.Length - (4 * v); i += 4 * v)
                {
                    s0 += new Vector<float>(own[i..]);
                    s1 += new Vector<float>(own[(i + v)..]);
                    s2 += new Vector<float>(own[(i + (2 * v))..]);
                    s3 += new Vector<float>(own[(i + (3 * v))..]);
                }
                if (Vector.Sum(s0 + s1 + s2 + s3) != 0)
                    throw new UnreachableException();
            }
        );
    }
}
