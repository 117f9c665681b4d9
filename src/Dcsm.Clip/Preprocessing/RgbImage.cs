namespace Dcsm.Clip.Preprocessing;

/// <summary>A decoded picture, 8 bits a channel. Immutable.</summary>
public sealed class RgbImage
{
    private readonly byte[] _pixels;

    /// <summary>Wraps pixels.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="pixels">[height, width, 3]; taken over, not copied.</param>
    /// <exception cref="ArgumentException">The number of bytes is not height · width · 3.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.LongLength != (Int128)3 * width * height)
        {
            throw new ArgumentException(
                $"A picture of {width} × {height} pixels takes {(Int128)3 * width * height} bytes, not {pixels.LongLength}.",
                nameof(pixels)
            );
        }

        (Width, Height, _pixels) = (width, height, pixels);
    }

    /// <summary>
    /// Decodes an image file. It is turned as its EXIF orientation says; of an animation the first frame is taken.
    /// </summary>
    /// <param name="path">The file, of one of <see cref="PictureDecoders.Formats"/>.</param>
    /// <param name="transparency">What becomes of transparent parts.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It can't be decoded, is cut short, or is far too large.</exception>
    public static RgbImage Load(string path, Transparency transparency = Transparency.OnWhite) =>
        Load(path, new PictureOptions { Transparency = transparency });

    /// <summary>Decodes an image file; see <see cref="Load(string, Transparency)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is decoded.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It can't be decoded, is cut short, or is too large.</exception>
    public static RgbImage Load(string path, PictureOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Load((ImageSource)path, options);
    }

    /// <summary>Decodes a picture from wherever it comes; see <see cref="Load(string, Transparency)"/>.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="options">How it is decoded.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It can't be decoded, is cut short, or is too large.</exception>
    public static RgbImage Load(ImageSource source, PictureOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        return ImageDecoder.Decode(source, options);
    }

    /// <summary>Makes a picture of pixels with transparency.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="rgba">Red, green, blue and alpha, not premultiplied: [height, width, 4].</param>
    /// <param name="transparency">What becomes of transparent parts.</param>
    /// <exception cref="ArgumentException">The number of bytes is not height · width · 4.</exception>
    public static RgbImage FromRgba(int width, int height, ReadOnlySpan<byte> rgba, Transparency transparency = Transparency.OnWhite)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgba.Length != 4L * width * height)
        {
            throw new ArgumentException(
                $"A picture of {width} × {height} pixels with transparency takes {4L * width * height} bytes, not {rgba.Length}.",
                nameof(rgba)
            );
        }
        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(width * height * 3));
        if (transparency == Transparency.OnWhite)
        {
            byte[] laid = rgba.ToArray();
            PixelBytes.LayOnWhite(laid);
            rgba = laid;
        }
        PixelBytes.Pack(rgba, pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Red, green, blue: [height, width, 3].</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;
}
