using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Quantized;
using Dcsm.Numerics.Rows;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Tests;

/// <summary>Kernels on odd shapes in memory that ends, or begins, at a page that nobody may touch.</summary>
[Trait("Kind", "Kernels")]
public sealed unsafe class GuardPageTests
{
    private static readonly int[] Widths = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 127, 257];

    public static TheoryData<int, bool> Sides
    {
        get
        {
            var data = new TheoryData<int, bool>();
            foreach (VectorWidth width in VectorWidth.Available)
            {
                data.Add(width.Bits, true);
                data.Add(width.Bits, false);
            }

            return data;
        }
    }

    [Fact]
    public void Buffers_end_where_nobody_may_read()
    {
        if (OperatingSystem.IsLinux())
        {
            var buffer = new AlignedFloats(5);
            Assert.Equal(0, (nint)(buffer.Pointer + 5) % Environment.SystemPageSize);
            GC.KeepAlive(buffer);
        }
    }

    [Theory]
    [MemberData(nameof(Sides))]
    public void Products_of_bytes_are_touched_as_far_as_they_reach(int bits, bool atEnd)
    {
        var kernels = RowKernels.Create(Tests.Widths.Of(bits));
        foreach (int rows in (int[])[1, 2, 5, 6, 7, 13])
        {
            foreach (int groups in (int[])[1, 2, 3, 9])
            {
                int inputs = groups * Int8Kernel.Group;
                using var from = GuardedFloats.Random(inputs, groups, atEnd);
                using var bytes = new GuardedFloats(rows * inputs / sizeof(float), atEnd);
                using var panel = new GuardedFloats(inputs * Int8Kernel.Channels / sizeof(float), atEnd);
                using var sums = new GuardedFloats(rows * Int8Kernel.Channels, atEnd);
                using var plain = new GuardedFloats(rows * Int8Kernel.Channels, atEnd);
                using var channels = new GuardedFloats(Int8Kernel.Channels, atEnd);
                using var scales = new GuardedFloats(rows, atEnd);
                using var output = new GuardedFloats(rows * Int8Kernel.Channels, atEnd);
                for (int row = 0; row < rows; row++)
                    kernels.Quantize(from.Pointer, (byte*)bytes.Pointer + (row * inputs), inputs, out scales.Pointer[row], out _);
                for (int i = 0; i < inputs * Int8Kernel.Channels; i++)
                    ((sbyte*)panel.Pointer)[i] = (sbyte)((i % 23) - 11);
                Multiply(accumulate: false);
                Multiply(accumulate: true);
                Int8Kernel.MultiplyPortably((byte*)bytes.Pointer, inputs, (sbyte*)panel.Pointer, (int*)plain.Pointer, rows, groups, false);
                for (int i = 0; i < rows * Int8Kernel.Channels; i++)
                    Assert.Equal(2 * ((int*)plain.Pointer)[i], ((int*)sums.Pointer)[i]);
                kernels.Dequantize(
                    (int*)sums.Pointer,
                    rows,
                    Int8Kernel.Channels,
                    scales.Pointer,
                    scales.Pointer,
                    channels.Pointer,
                    channels.Pointer,
                    channels.Pointer,
                    output.Pointer,
                    Int8Kernel.Channels,
                    add: false
                );

                void Multiply(bool accumulate) =>
                    Int8Kernel.Multiply(
                        (byte*)bytes.Pointer,
                        inputs,
                        (sbyte*)panel.Pointer,
                        (int*)sums.Pointer,
                        rows,
                        groups,
                        accumulate,
                        following: (sbyte*)panel.Pointer + ((nint)inputs * Int8Kernel.Channels)
                    );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sides))]
    public void Rows_are_touched_as_far_as_they_reach(int bits, bool atEnd)
    {
        var kernels = RowKernels.Create(Tests.Widths.Of(bits));
        foreach (int width in Widths)
        {
            using var from = GuardedFloats.Random(width, width, atEnd);
            using var to = new GuardedFloats(width, atEnd);
            using var gamma = GuardedFloats.Random(width, width + 1, atEnd);
            using var beta = GuardedFloats.Random(width, width + 2, atEnd);
            using var bytes = new GuardedFloats((width + 3) / 4, atEnd);
            RowKernels.LayerNorm(from.Pointer, to.Pointer, gamma.Pointer, beta.Pointer, width, 1e-5f);
            kernels.Softmax(to.Pointer, width);
            Assert.Equal(1, to.Span.ToArray().Sum(x => (double)x), 1e-4);
            RowKernels.Normalize(from.Pointer, width);
            Assert.Equal(1, from.Span.ToArray().Sum(x => (double)x * x), 1e-4);

            // As far as whole vectors reach, by their contract.
            int whole = (width + 15) / 16 * 16;
            using var padded = GuardedFloats.Random(whole, width, atEnd);
            kernels.Gelu(padded.Pointer, width);
            kernels.TanhGelu(padded.Pointer, width);
            kernels.QuickGelu(padded.Pointer, width);
            Assert.All(padded.Span.ToArray(), x => Assert.True(float.IsFinite(x)));
        }
    }

    [Theory]
    [MemberData(nameof(Sides))]
    public void Products_are_touched_as_far_as_they_reach(int bits, bool atEnd)
    {
        var product = PanelProduct.Create(Tests.Widths.Of(bits));
        foreach (int depth in (int[])[1, 3, 8, 17, 33])
        {
            foreach (int rows in (int[])[1, 2, 5, 6, 7, 12, 13])
            {
                foreach (int columns in (int[])[1, product.Columns - 1, product.Columns, product.Columns + 1, (2 * product.Columns) + 3])
                {
                    int panels = (columns + product.Columns - 1) / product.Columns,
                        width = panels * product.Columns;
                    using var a = GuardedFloats.Random(rows * depth, depth, atEnd);
                    using var b = GuardedFloats.Random(columns * depth, rows, atEnd);
                    using var packed = new GuardedFloats(width * depth, atEnd);
                    using var c = new GuardedFloats(rows * width, atEnd);
                    Gemm.PackPanels(b.Pointer, columns, depth, product.Columns, packed.Pointer);
                    product.Multiply(a.Pointer, depth, packed.Pointer, panels, c.Pointer, width, rows, depth);
                    double last = 0;
                    for (int k = 0; k < depth; k++)
                        last += (double)a.Pointer[((rows - 1) * depth) + k] * b.Pointer[((columns - 1) * depth) + k];
                    Assert.Equal(last, c.Pointer[((rows - 1) * width) + columns - 1], 1e-4);
                }
            }
        }
    }
}
