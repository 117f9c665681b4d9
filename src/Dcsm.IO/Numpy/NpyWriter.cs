using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Dcsm.IO.Numpy;

/// <summary>
/// An array of float32 as NumPy keeps it in a <c>.npy</c> file (format 1.0), written row by row; how many there were is put into its header
/// in the end. Not safe for use by several threads.
/// </summary>
public sealed class NpyWriter
{
    // A header of 128 bytes, as NumPy pads it to 64, in which any number of rows has its place.
    private const int Preamble = 10,
        HeaderLength = 128;

    private readonly Stream _stream;
    private readonly long _start;
    private readonly int _columns;
    private long _rows;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where to; can be gone back in.</param>
    /// <param name="columns">Values of a row; 0 for a vector, whose rows are single values.</param>
    public NpyWriter(Stream stream, int columns)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        (_stream, _start, _columns) = (stream, stream.Position, columns);
        WriteHeader();
    }

    /// <summary>Adds whole rows.</summary>
    /// <param name="values">[rows, columns]</param>
    public void Write(ReadOnlySpan<float> values)
    {
        int columns = Math.Max(1, _columns);
        if (values.Length % columns != 0)
            throw new ArgumentException($"{values.Length} values are no rows of {columns}.", nameof(values));
        _rows += values.Length / columns;
        _stream.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Says how many rows there are, and leaves the stream at its end.</summary>
    public void Finish()
    {
        _stream.Position = _start;
        WriteHeader();
        _stream.Seek(0, SeekOrigin.End);
    }

    private void WriteHeader()
    {
        string shape = string.Create(CultureInfo.InvariantCulture, $"({_rows},{(_columns > 0 ? $" {_columns}" : "")})");
        string text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".PadRight(HeaderLength - Preamble - 1) + "\n";
        _stream.Write([0x93, .. "NUMPY"u8, 1, 0, HeaderLength - Preamble, 0]);
        _stream.Write(Encoding.ASCII.GetBytes(text));
    }
}
