using System.Buffers;
using System.Runtime.InteropServices;

namespace Dcsm.Clip.Preprocessing;

/// <summary>A picture as it comes from the decoder, in borrowed memory: not to be used after it is disposed of.</summary>
internal sealed unsafe class DecodedPicture : IDisposable
{
    // Larger ones are rare: they wait for one another, and their memory goes back to the system at once.
    private const int LargestBorrowed = 1 << 26;

    // Vectors may be read beyond the last pixel.
    private const int Overhang = 16;

    private readonly int _length;
    private byte[]? _bytes;
    private byte* _huge;

    public DecodedPicture(int width, int height, int channels)
    {
        (Width, Height, Channels) = (width, height, channels);
        _length = checked((width * height * channels) + Overhang);
        if (_length <= LargestBorrowed)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(_length);
            return;
        }

        PictureMemory.Take(_length);
        try
        {
            _huge = (byte*)NativeMemory.Alloc((nuint)_length);
        }
        catch
        {
            PictureMemory.Return(_length);
            throw;
        }
    }

    public int Width { get; set; }

    public int Height { get; set; }

    /// <summary>3, or 4 of which the last one means nothing.</summary>
    public int Channels { get; }

    /// <summary>[height, width, channels]</summary>
    public Span<byte> Pixels => WithOverhang[..(_length - Overhang)];

    /// <summary>The pixels, and some bytes behind them.</summary>
    public Span<byte> WithOverhang =>
        _huge is not null ? new Span<byte>(_huge, _length)
        : _bytes is not null ? _bytes
        : throw new ObjectDisposedException(nameof(DecodedPicture));

    public void Dispose()
    {
        if (_bytes is not null)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
        if (_huge is null)
            return;
        NativeMemory.Free(_huge);
        _huge = null;
        PictureMemory.Return(_length);
    }
}
