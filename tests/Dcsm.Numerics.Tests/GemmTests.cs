using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Tests;

/// <summary>Every product in every width against a plain loop, and the widths against each other to the bit.</summary>
[Trait("Kind", "Kernels")]
public sealed unsafe class GemmTests
{
    private static readonly (int Rows, int Columns, int Depth)[] Shapes =
    [
        (1, 1, 1),
        (6, 32, 7),
        (7, 33, 300),
        (23, 70, 513),
        (5, 96, 64),
        (12, 130, 256),
    ];

    /// <summary>Every width with every shape.</summary>
    public static TheoryData<int, int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, int, int>();
            foreach (VectorWidth width in VectorWidth.Available)
            {
                foreach ((int rows, int columns, int depth) in Shapes)
                    data.Add(width.Bits, rows, columns, depth);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_product_of_panels_is_a_plain_loop(int bits, int rows, int columns, int depth)
    {
        foreach (bool accumulate in new[] { false, true })
        {
            var product = new Product(rows, columns, depth, accumulate);
            Widths.Of(bits).Run(product);
            var plain = new Product(rows, columns, depth, accumulate);
            VectorWidth.Available[^1].Run(plain);
            Assert.Equal(plain.Result, product.Result);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    double sum = accumulate ? 1 : 0;
                    for (int k = 0; k < depth; k++)
                        sum += (double)product.A.Pointer[(row * depth) + k] * product.B.Pointer[(column * depth) + k];
                    Assert.Equal(sum, product.Result[(row * columns) + column], 1e-4);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_product_that_is_chosen_when_the_program_runs_is_the_same(int bits, int rows, int columns, int depth)
    {
        var expected = new Product(rows, columns, depth, accumulate: false);
        Widths.Of(bits).Run(expected);
        var product = PanelProduct.Create(Widths.Of(bits));
        int panels = (columns + product.Columns - 1) / product.Columns,
            width = panels * product.Columns;
        var packed = new AlignedFloats((long)width * depth);
        var c = new AlignedFloats((long)rows * width);
        Gemm.PackPanels(expected.B.Pointer, columns, depth, product.Columns, packed.Pointer);
        product.Multiply(expected.A.Pointer, depth, packed.Pointer, panels, c.Pointer, width, rows, depth);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                Assert.Equal(expected.Result[(row * columns) + column], c.Pointer[(row * width) + column]);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Packed_rows_are_added(int bits, int rows, int columns, int depth)
    {
        _ = columns;
        Widths.Of(bits).Run(new Packed(tiles: rows, depth));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gradients_of_a_linear_layer_are_plain_loops(int bits, int rows, int columns, int depth) =>
        Widths.Of(bits).Run(new Gradients(batches: rows, hidden: columns, size: 1 + (depth % 29)));

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(8, 8, 8)]
    [InlineData(9, 17, 8)]
    [InlineData(40, 21, 16)]
    [InlineData(70, 16, 32)]
    [InlineData(5, 3, 2)]
    public void Panels_hold_rows_as_columns_and_zeros(int rows, int depth, int columns)
    {
        AlignedFloats matrix = Widths.Random((long)rows * depth, 1);
        int panels = (rows + columns - 1) / columns;
        AlignedFloats packed = Widths.Random((long)panels * depth * columns, 2);
        Gemm.PackPanels(matrix.Pointer, rows, depth, columns, packed.Pointer);
        for (int row = 0; row < panels * columns; row++)
        {
            for (int k = 0; k < depth; k++)
            {
                float found = packed.Pointer[(((row / columns * depth) + k) * columns) + (row % columns)];
                Assert.Equal(row < rows ? matrix.Pointer[(row * depth) + k] : 0, found);
            }
        }
    }

    /// <summary>C = A · Bᵀ.</summary>
    private sealed class Product(int rows, int columns, int depth, bool accumulate) : Widths.IVectorAction
    {
        public AlignedFloats A { get; } = Widths.Random((long)rows * depth, 1);

        public AlignedFloats B { get; } = Widths.Random((long)columns * depth, 2);

        public float[] Result { get; } = new float[rows * columns];

        public void Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            int width = Gemm.Columns<TVector>(),
                panels = (columns + width - 1) / width,
                stride = (panels * width) + 5;
            var packed = new AlignedFloats((long)panels * width * depth);
            // Rows are further apart than they are long; what lies between is left alone.
            var c = new AlignedFloats((long)rows * stride);
            new Span<float>(c.Pointer, (int)c.Length).Fill(1);
            Gemm.PackPanels(B.Pointer, columns, depth, width, packed.Pointer);
            Gemm.Multiply<TVector>(A.Pointer, depth, packed.Pointer, panels, c.Pointer, stride, rows, depth, accumulate);
            for (int row = 0; row < rows; row++)
            {
                new Span<float>(c.Pointer + (row * stride), columns).CopyTo(Result.AsSpan(row * columns));
                Assert.All(new Span<float>(c.Pointer + (row * stride) + (panels * width), 5).ToArray(), rest => Assert.Equal(1, rest));
            }
        }
    }

    private sealed class Packed(int tiles, int depth) : Widths.IVectorAction
    {
        public void Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            int width = Gemm.Columns<TVector>();
            AlignedFloats a = Widths.Random((long)tiles * depth * Gemm.TileRows, 1),
                b = Widths.Random((long)depth * width, 2),
                c = Widths.Random((long)tiles * Gemm.TileRows * width, 3);
            float[] before = Widths.ToArray(c);
            Gemm.AddPacked<TVector>(a.Pointer, b.Pointer, c.Pointer, tiles, depth);
            for (int row = 0; row < tiles * Gemm.TileRows; row++)
            {
                for (int column = 0; column < width; column++)
                {
                    // In the order of the kernel: from zero over the depth, then what was there.
                    float sum = 0;
                    for (int k = 0; k < depth; k++)
                    {
                        float left = a.Pointer[(((row / Gemm.TileRows * depth) + k) * Gemm.TileRows) + (row % Gemm.TileRows)];
                        sum = float.MultiplyAddEstimate(left, b.Pointer[(k * width) + column], sum);
                    }
                    Assert.Equal(before[(row * width) + column] + sum, c.Pointer[(row * width) + column]);
                }
            }
        }
    }

    private sealed class Gradients(int batches, int hidden, int size) : Widths.IVectorAction
    {
        public void Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            int lanes = Gemm.Columns<TVector>(),
                panels = (hidden + lanes - 1) / lanes;
            AlignedFloats inputs = Widths.Random((long)batches * size * lanes, 1),
                units = Widths.Random((long)batches * panels * lanes * lanes, 2),
                result = Widths.Random((long)panels * size * lanes, 3);
            LinearGradients.Weights<TVector>(inputs.Pointer, units.Pointer, batches, size, panels, result.Pointer);
            for (int unit = 0; unit < panels * lanes; unit++)
            {
                for (int input = 0; input < size; input++)
                {
                    double sum = 0;
                    for (int batch = 0; batch < batches; batch++)
                    {
                        for (int lane = 0; lane < lanes; lane++)
                        {
                            sum +=
                                (double)inputs.Pointer[(((batch * size) + input) * lanes) + lane]
                                * units.Pointer[(((((batch * panels) + (unit / lanes)) * lanes) + lane) * lanes) + (unit % lanes)];
                        }
                    }
                    Assert.Equal(sum, result.Pointer[(((unit / lanes * size) + input) * lanes) + (unit % lanes)], 1e-4);
                }
            }

            AlignedFloats weights = Widths.Random((long)hidden * size, 4),
                gradients = Widths.Random((long)hidden * lanes, 5);
            float[] before = Widths.ToArray(inputs);
            LinearGradients.Inputs<TVector>(weights.Pointer, gradients.Pointer, hidden, size, inputs.Pointer);
            for (int input = 0; input < size; input++)
            {
                for (int lane = 0; lane < lanes; lane++)
                {
                    double sum = 0;
                    for (int unit = 0; unit < hidden; unit++)
                        sum += (double)weights.Pointer[(unit * size) + input] * gradients.Pointer[(unit * lanes) + lane];
                    int at = (input * lanes) + lane;
                    Assert.Equal(before[at] > 0 ? sum : 0, inputs.Pointer[at], 1e-4);
                }
            }
        }
    }
}
