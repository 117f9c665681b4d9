using Dcsm.IO.Files;
using SkiaSharp;

namespace Dcsm.Clip.Preprocessing;

/// <summary>Decodes image files with Skia, and what it does not know with <see cref="PictureDecoders"/>.</summary>
internal static class ImageDecoder
{
    /// <summary>Decodes to pixels of 3 bytes.</summary>
    public static RgbImage Decode(ImageSource source, PictureOptions options)
    {
        if (source.Image is { } image)
            return image;
        using DecodedPicture picture = Open(source, options);
        byte[] rgb = GC.AllocateUninitializedArray<byte>(picture.Width * picture.Height * 3);
        if (picture.Channels == 3)
            picture.Pixels.CopyTo(rgb);
        else
            PixelBytes.Pack(picture.Pixels, rgb);
        return new RgbImage(picture.Width, picture.Height, rgb);
    }

    /// <summary>Decodes a file to whatever is nearest; to be disposed of.</summary>
    public static unsafe DecodedPicture Open(ImageSource source, PictureOptions options)
    {
        string name = source.Name;
        byte[] file = source.Read();
        if (JpegScans.AreCut(file))
        {
            CutShort(name, "its last scans are missing", options);
            file = [.. file, .. JpegScans.End]; // so that the decoder shows what there is
        }

        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = SKCodec.Create(data);
            if (codec is null)
                return OpenOther(name, file, options);
            (int width, int height) = (codec.Info.Width, codec.Info.Height);
            bool deep = DeepGrayPng.Is(file);
            SKEncodedOrigin origin = options.Orientation == PictureOrientation.Applied ? codec.EncodedOrigin : SKEncodedOrigin.Default;
            return Fill(
                Room(name, width, height, deep ? 3 : 4, options, origin != SKEncodedOrigin.Default, HeldByDecoder(codec, file)),
                picture =>
                {
                    if (deep)
                        DeepGrayPng.ReadRgb(name, file, width, height).CopyTo(picture.Pixels);
                    else
                        Read(name, codec, picture.Pixels, options);
                    if (origin != SKEncodedOrigin.Default)
                        picture.Turn(origin);
                }
            );
        }
    }

    private static DecodedPicture OpenOther(string name, byte[] file, PictureOptions options)
    {
        try
        {
            if (PictureDecoders.Find(file) is not var (decoder, width, height))
            {
                throw new InvalidDataException(
                    ForeignFile.Describe(file) ?? $"not a picture that can be decoded ({PictureDecoders.Formats} can)"
                );
            }

            return Fill(
                Room(name, width, height, 4, options),
                picture =>
                {
                    (picture.Width, picture.Height) = decoder.Decode(file, picture.Pixels);
                    if (options.Transparency == Transparency.OnWhite)
                        PixelBytes.LayOnWhite(picture.Pixels);
                }
            );
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{name}: {e.Message}", e);
        }
    }

    // Bytes a pixel that a decoder holds beside the picture: what comes in several passes is put together first.
    private static int HeldByDecoder(SKCodec codec, ReadOnlySpan<byte> file) =>
        codec.EncodedFormat switch
        {
            // The last byte of IHDR's data.
            SKEncodedImageFormat.Png => file is [_, _, _, _, _, _, _, _, _, _, _, _, (byte)'I', (byte)'H', (byte)'D', (byte)'R', ..]
            && file.Length > 28
            && file[28] == 0
                ? 0
                : 8,
            SKEncodedImageFormat.Jpeg => JpegScans.IsProgressive(file) ? 6 : 0,
            SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Wbmp => 0,
            _ => 4,
        };

    private static DecodedPicture Room(
        string name,
        int width,
        int height,
        int channels,
        PictureOptions options,
        bool isTurned = false,
        int heldByDecoder = 0
    ) =>
        (long)width * height <= options.MaxPixels
            ? new DecodedPicture(width, height, channels, isTurned, heldByDecoder)
            : throw new InvalidDataException($"{name}: {width} × {height} pixels are too many; at most {options.MaxPixels} are decoded.");

    private static DecodedPicture Fill(DecodedPicture picture, Action<DecodedPicture> decode)
    {
        try
        {
            decode(picture);
            return picture;
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }

    private static unsafe void Read(string name, SKCodec codec, Span<byte> rgba, PictureOptions options)
    {
        bool opaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        // No color space: the stored values, not values converted to another space.
        var info = new SKImageInfo(
            codec.Info.Width,
            codec.Info.Height,
            SKColorType.Rgba8888,
            opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul,
            null
        );
        if (options.AllowTruncated)
            rgba.Clear();
        SKCodecResult result;
        fixed (byte* pixels = rgba)
            result = codec.GetPixels(info, (nint)pixels);
        if (result == SKCodecResult.IncompleteInput)
            CutShort(name, $"{result}", options);
        else if (result != SKCodecResult.Success)
            throw new InvalidDataException($"{name}: the picture is damaged or cut short ({result}).");
        if (!opaque && options.Transparency == Transparency.OnWhite)
            PixelBytes.LayOnWhite(rgba);
    }

    private static void CutShort(string name, string how, PictureOptions options)
    {
        if (!options.AllowTruncated)
            throw new InvalidDataException($"{name}: the picture is damaged or cut short ({how}).");
        options.Warn?.Invoke($"{name}: the picture is cut short; it is taken as far as it goes.");
    }
}
