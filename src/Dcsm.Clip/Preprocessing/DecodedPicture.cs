using System.Buffers;

namespace Dcsm.Clip.Preprocessing;

/// <summary>A picture as it comes from the decoder, in borrowed memory: not to be used after it is disposed of.</summary>
internal sealed class DecodedPicture(int width, int height, int channels) : IDisposable
{
    // Larger ones are rare, and would be kept for nothing.
    private const int LargestBorrowed = 1 << 26;

    // Vectors may be read beyond the last pixel.
    private const int Overhang = 16;

    private byte[]? _bytes = Rent(checked(width * height * channels));

    public int Width => width;

    public int Height => height;

    /// <summary>3, or 4 of which the last one means nothing.</summary>
    public int Channels => channels;

    /// <summary>[height, width, channels]</summary>
    public Span<byte> Pixels => WithOverhang[..(width * height * channels)];

    /// <summary>The pixels, and some bytes behind them.</summary>
    public Span<byte> WithOverhang => _bytes ?? throw new ObjectDisposedException(nameof(DecodedPicture));

    public void Dispose()
    {
        if (_bytes is { Length: <= LargestBorrowed } bytes)
            ArrayPool<byte>.Shared.Return(bytes);
        _bytes = null;
    }

    private static byte[] Rent(int length) =>
        length + Overhang > LargestBorrowed
            ? GC.AllocateUninitializedArray<byte>(checked(length + Overhang))
            : ArrayPool<byte>.Shared.Rent(length + Overhang);
}
