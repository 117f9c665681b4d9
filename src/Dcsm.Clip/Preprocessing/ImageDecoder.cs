using System.Runtime.InteropServices;
using Dcsm.Clip.Preprocessing.Formats;
using Dcsm.IO.Files;
using SkiaSharp;

namespace Dcsm.Clip.Preprocessing;

/// <summary>
/// A picture file whose head is read: decodes it once, with Skia, or what that does not know with <see cref="PictureDecoders"/>. May be
/// handed to another thread; to be disposed of.
/// </summary>
internal sealed class ImageDecoder : IDisposable
{
    private const int HeldOfInterlaced = 8,
        LargestStrip = 64 << 20,
        MostStrips = 4;

    private readonly string _name;
    private readonly byte[] _file;
    private readonly PictureOptions _options;
    private readonly SKData _data;
    private readonly SKCodec? _codec;
    private readonly IPictureDecoder? _other;
    private readonly int _width,
        _height;
    private GCHandle _pin;

    /// <summary>Reads the file, and its head.</summary>
    public ImageDecoder(ImageSource source, PictureOptions options)
    {
        (_name, _file, _options) = (source.Name, source.Read(), options);
        if (JpegScans.AreCut(_file))
        {
            CutShort("its last scans are missing");
            _file = [.. _file, .. JpegScans.End]; // so that the decoder shows what there is
        }

        _pin = GCHandle.Alloc(_file, GCHandleType.Pinned);
        _data = SKData.Create(_pin.AddrOfPinnedObject(), _file.Length);
        try
        {
            _codec = SKCodec.Create(_data);
            if (_codec is not null)
                (_width, _height) = (_codec.Info.Width, _codec.Info.Height);
            else
                (_other, _width, _height) = Other();
            if (_width < 1 || _height < 1)
                throw new InvalidDataException($"{_name}: says that it has {_width} × {_height} pixels.");
            if (Pixels > options.MaxPixels)
            {
                throw new InvalidDataException(
                    $"{_name}: {_width} × {_height} pixels are too many; at most {options.MaxPixels} are decoded."
                );
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Width as it is stored.</summary>
    public int Width => _width;

    /// <summary>Height as it is stored.</summary>
    public int Height => _height;

    /// <summary>How many pixels there are.</summary>
    public long Pixels => (long)_width * _height;

    /// <summary>Decodes to pixels of 3 bytes.</summary>
    public static RgbImage Decode(ImageSource source, PictureOptions options)
    {
        if (source.Image is { } image)
            return image;
        using var decoder = new ImageDecoder(source, options);
        using DecodedPicture picture = decoder.Decode();
        byte[] rgb = GC.AllocateUninitializedArray<byte>(picture.Width * picture.Height * 3);
        if (picture.Channels == 3)
            picture.Pixels.CopyTo(rgb);
        else
            PixelBytes.Pack(picture.Pixels, rgb);
        return new RgbImage(picture.Width, picture.Height, rgb);
    }

    /// <summary>Decodes to whatever is nearest; to be disposed of.</summary>
    /// <param name="cancellationToken">Stops waiting for memory.</param>
    public DecodedPicture Decode(CancellationToken cancellationToken = default)
    {
        bool deep = _codec is not null && DeepGrayPng.Is(_file);
        SKEncodedOrigin origin =
            _codec is not null && _options.Orientation == PictureOrientation.Applied ? _codec.EncodedOrigin : SKEncodedOrigin.Default;
        bool isTurned = origin != SKEncodedOrigin.Default;
        int held = _codec is null ? 0 : HeldByDecoder(_codec, _file);
        var picture = new DecodedPicture(_width, _height, deep ? 3 : 4, isTurned, held, cancellationToken);
        try
        {
            if (_other is not null)
                ReadOther(_other, picture);
            else if (deep)
                DeepGrayPng.ReadRgb(_name, _file, _width, _height).CopyTo(picture.Pixels);
            else
                Read(_codec!, picture.Pixels);
            if (isTurned)
                picture.Turn(origin);
            return picture;
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }

    /// <summary>Whether it can be decoded row by row, with few rows in memory: a baseline JPEG that is not turned can.</summary>
    public bool ComesInRows =>
        _codec is { EncodedFormat: SKEncodedImageFormat.Jpeg }
        && !_options.AllowTruncated
        && (_options.Orientation != PictureOrientation.Applied || _codec.EncodedOrigin == SKEncodedOrigin.Default)
        && !JpegScans.IsProgressive(_file);

    /// <summary>Begins to decode row by row what <see cref="ComesInRows"/>.</summary>
    public bool TryBeginRows() => _codec!.StartScanlineDecode(Stored(_codec)) == SKCodecResult.Success;

    /// <summary>Passes over rows.</summary>
    public void SkipRows(int rows)
    {
        if (rows > 0 && !_codec!.SkipScanlines(rows))
            CutShort($"{SKCodecResult.IncompleteInput}");
    }

    /// <summary>Decodes the next rows.</summary>
    /// <param name="rgba">[rows, width, 4], to be filled.</param>
    /// <param name="rows">How many.</param>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public unsafe void ReadRows(Span<byte> rgba, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rgba.Length, checked(rows * _width * 4), nameof(rgba));
        fixed (byte* pixels = rgba)
        {
            if (_codec!.GetScanlines((nint)pixels, rows, _width * 4) < rows)
                CutShort($"{SKCodecResult.IncompleteInput}");
        }
    }

    public void Dispose()
    {
        _codec?.Dispose();
        _data.Dispose();
        if (_pin.IsAllocated)
            _pin.Free();
    }

    private (IPictureDecoder Decoder, int Width, int Height) Other() =>
        Named(() =>
            PictureDecoders.Find(_file)
            ?? throw new InvalidDataException(
                ForeignFile.Describe(_file) ?? $"not a picture that can be decoded ({PictureDecoders.Formats} can)"
            )
        );

    private void ReadOther(IPictureDecoder decoder, DecodedPicture picture)
    {
        (picture.Width, picture.Height) = Named(() => decoder.Decode(_file, picture.Pixels));
        if (_options.Transparency == Transparency.OnWhite)
            PixelBytes.LayOnWhite(picture.Pixels);
    }

    private T Named<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(_name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{_name}: {e.Message}", e);
        }
    }

    // Bytes a pixel that a decoder holds beside the picture: what comes in several passes is put together first.
    private static int HeldByDecoder(SKCodec codec, ReadOnlySpan<byte> file) =>
        codec.EncodedFormat switch
        {
            SKEncodedImageFormat.Png => IsInterlaced(codec, file) ? HeldOfInterlaced / Strips(codec, file) : 0,
            SKEncodedImageFormat.Jpeg => JpegScans.IsProgressive(file) ? 6 : 0,
            SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Wbmp => 0,
            _ => 4,
        };

    // The last byte of IHDR's data.
    private static bool IsInterlaced(SKCodec codec, ReadOnlySpan<byte> file) =>
        codec.EncodedFormat == SKEncodedImageFormat.Png
        && !(
            file is [_, _, _, _, _, _, _, _, _, _, _, _, (byte)'I', (byte)'H', (byte)'D', (byte)'R', ..]
            && file.Length > 28
            && file[28] == 0
        );

    // Into how many strips a huge interlaced picture is decoded, one after another: the decoder holds the rows of one at a time, and reads
    // the file once for each.
    private static int Strips(SKCodec codec, ReadOnlySpan<byte> file) =>
        IsInterlaced(codec, file)
            ? (int)Math.Clamp((long)codec.Info.Width * codec.Info.Height * HeldOfInterlaced / LargestStrip, 1, MostStrips)
            : 1;

    private void Read(SKCodec codec, Span<byte> rgba)
    {
        SKImageInfo info = Stored(codec);
        if (_options.AllowTruncated)
            rgba.Clear();
        SKCodecResult result = Read(codec, info, rgba, Strips(codec, _file));
        if (result == SKCodecResult.IncompleteInput)
            CutShort($"{result}");
        else if (result != SKCodecResult.Success)
            throw new InvalidDataException($"{_name}: the picture is damaged or cut short ({result}).");
        if (info.AlphaType != SKAlphaType.Opaque && _options.Transparency == Transparency.OnWhite)
            PixelBytes.LayOnWhite(rgba);
    }

    // No color space: the stored values, not values converted to another space.
    private static SKImageInfo Stored(SKCodec codec) =>
        new(
            codec.Info.Width,
            codec.Info.Height,
            SKColorType.Rgba8888,
            codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul,
            null
        );

    private static unsafe SKCodecResult Read(SKCodec codec, SKImageInfo info, Span<byte> rgba, int strips)
    {
        fixed (byte* pixels = rgba)
        {
            if (strips == 1)
                return codec.GetPixels(info, (nint)pixels);
            int rows = (info.Height + strips - 1) / strips;
            SKCodecResult all = SKCodecResult.Success;
            for (int top = 0; top < info.Height; top += rows)
            {
                var strip = SKRectI.Create(0, top, info.Width, Math.Min(rows, info.Height - top));
                nint to = (nint)pixels + (nint)top * info.RowBytes;
                SKCodecResult result = codec.StartIncrementalDecode(info, to, info.RowBytes, new SKCodecOptions(strip));
                if (result == SKCodecResult.Success)
                    result = codec.IncrementalDecode(out _);
                // Of a file that ends early every strip has something.
                if (result is not (SKCodecResult.Success or SKCodecResult.IncompleteInput))
                    return result;
                all = result;
            }

            return all;
        }
    }

    private void CutShort(string how)
    {
        if (!_options.AllowTruncated)
            throw new InvalidDataException($"{_name}: the picture is damaged or cut short ({how}).");
        _options.Warn?.Invoke($"{_name}: the picture is cut short; it is taken as far as it goes.");
    }
}
