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
    private readonly string _name;
    private readonly byte[] _file;
    private readonly PictureOptions _options;
    private readonly SKData _data;
    private readonly SKCodec? _codec;
    private readonly IPictureDecoder? _other;
    private readonly PngReader? _png;
    private readonly SKEncodedOrigin _origin = SKEncodedOrigin.Default;
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
            if (_codec is { EncodedFormat: SKEncodedImageFormat.Png })
                _png = new PngReader(_name, _file, options, CutShort);
            if (_codec is not null && options.Orientation == PictureOrientation.Applied)
                _origin = _png is null ? _codec.EncodedOrigin : ExifOrientation.OfPng(_file);
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
        if (decoder is { _png: { } png, IsTurned: false })
        {
            byte[] direct = GC.AllocateUninitializedArray<byte>(decoder.Width * decoder.Height * 3);
            png.ReadAll(direct, CancellationToken.None);
            return new RgbImage(decoder.Width, decoder.Height, direct);
        }

        using DecodedPicture picture = decoder.Decode();
        byte[] rgb = GC.AllocateUninitializedArray<byte>(picture.Width * picture.Height * 3);
        if (picture.Channels == 3)
            picture.Pixels.CopyTo(rgb);
        else
            PixelBytes.Pack(picture.Pixels, rgb);
        return new RgbImage(picture.Width, picture.Height, rgb);
    }

    /// <summary>Decodes to whatever is nearest; to be disposed of.</summary>
    /// <param name="cancellationToken">Stops waiting for memory, and a PNG between two rows.</param>
    public DecodedPicture Decode(CancellationToken cancellationToken = default)
    {
        var picture = new DecodedPicture(_width, _height, Channels, IsTurned, HeldByDecoder, cancellationToken);
        try
        {
            if (_png is not null)
                _png.ReadAll(picture.Pixels, cancellationToken);
            else if (_other is not null)
                ReadOther(_other, picture);
            else
                Read(_codec!, picture.Pixels);
            if (IsTurned)
                picture.Turn(_origin);
            return picture;
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of a decoded pixel: 3, or 4 of which the last one means nothing.</summary>
    public int Channels => _png is null ? 4 : 3;

    /// <summary>Bytes that the decoder holds beside the pixels: what comes in several passes is put together first.</summary>
    public long HeldByDecoder =>
        _png?.Held
        ?? Pixels
            * _codec?.EncodedFormat switch
            {
                SKEncodedImageFormat.Jpeg => JpegScans.IsProgressive(_file) ? 6 : 0,
                null or SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Wbmp => 0,
                _ => 4,
            };

    /// <summary>
    /// Whether it can be decoded row by row, with few rows in memory: a baseline JPEG and a PNG that is not interlaced can, unless turned.
    /// </summary>
    public bool ComesInRows =>
        !IsTurned
        && (
            _png is { IsInterlaced: false }
            || (_codec is { EncodedFormat: SKEncodedImageFormat.Jpeg } && !_options.AllowTruncated && !JpegScans.IsProgressive(_file))
        );

    /// <summary>Begins to decode row by row what <see cref="ComesInRows"/>.</summary>
    public bool TryBeginRows() => _png is not null || _codec!.StartScanlineDecode(Stored(_codec)) == SKCodecResult.Success;

    /// <summary>Passes over rows.</summary>
    public void SkipRows(int rows, CancellationToken cancellationToken)
    {
        if (_png is not null)
            _png.ReadRows([], rows, cancellationToken);
        else if (rows > 0 && !_codec!.SkipScanlines(rows))
            CutShort($"{SKCodecResult.IncompleteInput}");
    }

    /// <summary>Decodes the next rows.</summary>
    /// <param name="pixels">[rows, width, <see cref="Channels"/>], to be filled.</param>
    /// <param name="rows">How many.</param>
    /// <param name="cancellationToken">Stops a PNG between two rows.</param>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public unsafe void ReadRows(Span<byte> pixels, int rows, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Length, checked(rows * _width * Channels), nameof(pixels));
        if (_png is not null)
        {
            _png.ReadRows(pixels, rows, cancellationToken);
            return;
        }

        fixed (byte* rgba = pixels)
        {
            if (_codec!.GetScanlines((nint)rgba, rows, _width * 4) < rows)
                CutShort($"{SKCodecResult.IncompleteInput}");
        }
    }

    public void Dispose()
    {
        _png?.Dispose();
        _codec?.Dispose();
        _data.Dispose();
        if (_pin.IsAllocated)
            _pin.Free();
    }

    private bool IsTurned => _origin != SKEncodedOrigin.Default;

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

    private void Read(SKCodec codec, Span<byte> rgba)
    {
        SKImageInfo info = Stored(codec);
        if (_options.AllowTruncated)
            rgba.Clear();
        SKCodecResult result = Read(codec, info, rgba);
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

    private static unsafe SKCodecResult Read(SKCodec codec, SKImageInfo info, Span<byte> rgba)
    {
        fixed (byte* pixels = rgba)
            return codec.GetPixels(info, (nint)pixels);
    }

    private void CutShort(string how)
    {
        if (!_options.AllowTruncated)
            throw new InvalidDataException($"{_name}: the picture is damaged or cut short ({how}).");
        _options.Warn?.Invoke($"{_name}: the picture is cut short; it is taken as far as it goes.");
    }
}
