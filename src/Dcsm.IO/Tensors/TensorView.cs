using System.Runtime.InteropServices;
using Dcsm.IO.Digests;

namespace Dcsm.IO.Tensors;

/// <summary>A part of a stored tensor, or one turned over: it counts as float32.</summary>
public sealed unsafe class TensorView : StoredTensor
{
    private readonly StoredTensor _whole;
    private readonly int _firstRow;
    private readonly bool _transposed;

    private TensorView(StoredTensor whole, IReadOnlyList<int> shape, int firstRow, bool transposed)
        : base(whole.File, TensorConversion.IsReadable(whole.Type) ? TensorType.F32 : whole.Type, shape) =>
        (_whole, _firstRow, _transposed) = (whole, firstRow, transposed);

    /// <summary>Rows of a tensor, from one of them on.</summary>
    /// <param name="whole">The tensor, of at least one dimension.</param>
    /// <param name="start">The first row.</param>
    /// <param name="count">How many.</param>
    public static TensorView Rows(StoredTensor whole, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(whole);
        return new TensorView(whole, [count, .. whole.Shape.Skip(1)], start, transposed: false);
    }

    /// <summary>The same values in another shape.</summary>
    /// <param name="whole">The tensor, of at least one dimension.</param>
    /// <param name="shape">Sizes whose product is the number of values.</param>
    /// <exception cref="ArgumentException">It is another number.</exception>
    public static TensorView Reshaped(StoredTensor whole, params IReadOnlyList<int> shape)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(shape);
        return shape.Aggregate(1L, (product, size) => product * size) == whole.Count
            ? new TensorView(whole, shape, 0, transposed: false)
            : throw new ArgumentException($"[{string.Join(", ", shape)}] are not {whole.Count} values.", nameof(shape));
    }

    /// <summary>The rows of a matrix as columns.</summary>
    /// <param name="whole">The tensor, of two dimensions.</param>
    public static TensorView Transposed(StoredTensor whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        return new TensorView(whole, [whole.Shape[1], whole.Shape[0]], 0, transposed: true);
    }

    /// <inheritdoc/>
    public override TensorType StoredType => _whole.StoredType;

    private int Before => _firstRow * (int)(_whole.Count / Math.Max(1, _whole.Shape[0]));

    /// <inheritdoc/>
    public override float* Pointer() => !_transposed && _whole.Pointer() is var pointer && pointer is not null ? pointer + Before : null;

    /// <inheritdoc/>
    public override void CopyTo(Span<float> values)
    {
        float[] whole = _whole.Read();
        if (!_transposed)
        {
            whole.AsSpan(Before, (int)Count).CopyTo(values);
            return;
        }

        (int rows, int columns) = (Shape[0], Shape[1]);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                values[(row * columns) + column] = whole[(column * rows) + row];
        }
    }

    /// <inheritdoc/>
    public override string Hash() => Sha256Digest.Hex(MemoryMarshal.AsBytes<float>(Read()));
}
