using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Rows;

namespace Dcsm.Clip.Int8;

/// <summary>Rows of activations in bytes: a value is the row's minimum and so many times its scale.</summary>
internal sealed unsafe class QuantizedRows
{
    private readonly AlignedBytes _values;
    private readonly AlignedFloats _scales,
        _minima;
    private readonly int _spaced;
    private readonly bool _dense;

    /// <param name="rows">Most rows.</param>
    /// <param name="inputs">Most values of a row.</param>
    /// <param name="dense">Whether rows lie side by side, as <see cref="Int8RuntimeLinear"/> wants them.</param>
    public QuantizedRows(int rows, int inputs, bool dense)
    {
        // No power of two apart, lest rows share a few places of the caches.
        _spaced = Int8PanelLinear.Padded(inputs) + 64;
        _dense = dense;
        _values = new AlignedBytes((long)rows * _spaced);
        _scales = new AlignedFloats(rows);
        _minima = new AlignedFloats(rows);
    }

    /// <summary>Values of a row.</summary>
    public int Inputs { get; private set; }

    /// <summary>Bytes from row to row.</summary>
    public int Stride { get; private set; }

    /// <summary>[rows, inputs], rows <see cref="Stride"/> apart.</summary>
    public byte* Values => _values.Pointer;

    /// <summary>What one is worth, row by row.</summary>
    public float* Scales => _scales.Pointer;

    /// <summary>What zero is worth, row by row.</summary>
    public float* RowMinima => _minima.Pointer;

    /// <summary>Rows of so many values follow.</summary>
    public void Begin(int inputs)
    {
        Inputs = inputs;
        Stride = _dense ? inputs : _spaced;
    }

    /// <summary>Takes a row in.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="from">[inputs]</param>
    public void Put(int row, float* from) =>
        RowKernels.Widest.Quantize(from, Values + ((nint)row * Stride), Inputs, out Scales[row], out RowMinima[row]);

    /// <summary>Takes rows in.</summary>
    /// <param name="from">[rows, inputs], rows <paramref name="stride"/> apart.</param>
    public void Quantize(float* from, nint stride, int rows, int inputs)
    {
        Begin(inputs);
        for (int row = 0; row < rows; row++)
            Put(row, from + (row * stride));
    }
}
