using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Dcsm.Clip.Preprocessing;

/// <summary>A picture as it comes from the decoder, in borrowed memory: not to be used after it is disposed of.</summary>
internal sealed unsafe class DecodedPicture : IDisposable
{
    // Larger ones are rare: they wait for one another, and their memory goes back to the system at once.
    private const int LargestBorrowed = 1 << 26;

    // Vectors may be read beyond the last pixel.
    private const int Overhang = 16;

    private readonly int _size,
        _length;
    private int _start;
    private byte[]? _bytes;
    private byte* _huge;

    /// <param name="isTurned">Whether it will be turned, for which there must be room.</param>
    /// <param name="heldByDecoder">Bytes that the decoder holds beside it.</param>
    /// <param name="cancellationToken">Stops waiting for memory.</param>
    public DecodedPicture(
        int width,
        int height,
        int channels,
        bool isTurned = false,
        long heldByDecoder = 0,
        CancellationToken cancellationToken = default
    )
    {
        (Width, Height, Channels) = (width, height, channels);
        _size = checked(width * height * channels);
        _length = checked((isTurned ? 2 * _size : _size) + Overhang);
        Held = _length + heldByDecoder;
        if (Held <= LargestBorrowed)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(_length);
            return;
        }

        PictureMemory.Take(Held, cancellationToken);
        try
        {
            _huge = (byte*)NativeMemory.Alloc((nuint)_length);
        }
        catch
        {
            PictureMemory.Return(Held);
            throw;
        }
    }

    /// <summary>Bytes of it, and of what the decoder holds beside it.</summary>
    public long Held { get; }

    public int Width { get; set; }

    public int Height { get; set; }

    /// <summary>3, or 4 of which the last one means nothing.</summary>
    public int Channels { get; }

    /// <summary>[height, width, channels]</summary>
    public Span<byte> Pixels => WithOverhang[.._size];

    /// <summary>The pixels, and some bytes behind them.</summary>
    public Span<byte> WithOverhang => All[_start..];

    private Span<byte> All =>
        _huge is not null ? new Span<byte>(_huge, _length)
        : _bytes is not null ? _bytes
        : throw new ObjectDisposedException(nameof(DecodedPicture));

    /// <summary>Turns it, once, from how it is stored to how it is looked at.</summary>
    public void Turn(SKEncodedOrigin origin)
    {
        // Pixel (x, y) of the turned picture is the stored one at first + x · right + y · down.
        (int w, int last) = (Width, Width * Height - 1);
        (int first, int right, int down) = origin switch
        {
            SKEncodedOrigin.TopRight => (w - 1, -1, w),
            SKEncodedOrigin.BottomRight => (last, -1, -w),
            SKEncodedOrigin.BottomLeft => (last + 1 - w, 1, -w),
            SKEncodedOrigin.LeftTop => (0, w, 1),
            SKEncodedOrigin.RightTop => (last + 1 - w, -w, 1),
            SKEncodedOrigin.RightBottom => (last, -w, -1),
            SKEncodedOrigin.LeftBottom => (w - 1, w, -1),
            _ => (0, 1, w),
        };
        Span<byte> stored = All[.._size],
            turned = All.Slice(_size, _size);
        if (origin >= SKEncodedOrigin.LeftTop)
            (Width, Height) = (Height, Width);
        for (int y = 0, to = 0; y < Height; y++)
        {
            for (int x = 0, from = (first + y * down) * Channels; x < Width; x++, from += right * Channels, to += Channels)
            {
                for (int channel = 0; channel < Channels; channel++)
                    turned[to + channel] = stored[from + channel];
            }
        }

        _start = _size;
    }

    public void Dispose()
    {
        if (_bytes is not null)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
        if (_huge is null)
            return;
        NativeMemory.Free(_huge);
        _huge = null;
        PictureMemory.Return(Held);
    }
}
