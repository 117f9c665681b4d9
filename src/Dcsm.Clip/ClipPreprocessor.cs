using System.Text.Json;
using Dcsm.Clip.Internals;

namespace Dcsm.Clip;

/// <summary>
/// Image preparation as a Hugging Face <c>preprocessor_config.json</c> asks for it: resize, centre crop, rescale,
/// normalise. Resizing is that of Pillow, to the bit.
/// </summary>
/// <remarks>Thread-safe. Source: transformers, <c>image_processing_pil_clip.py</c> and the base class it stands on.</remarks>
public sealed class ClipPreprocessor
{
    private const string FileName = "preprocessor_config.json";

    private ResizeTarget? _resize;
    private (int Width, int Height)? _crop;
    private ResampleFilter _filter = ResampleFilter.Bicubic;
    private double? _rescale = 1 / 255d;
    private bool _normalize = true;

    /// <summary>CLIP's usual preparation: shortest edge to the image size by bicubic, centre crop, CLIP's mean and deviation.</summary>
    /// <param name="imageSize">Side of the square result, in pixels.</param>
    public ClipPreprocessor(int imageSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        ImageSize = imageSize;
        _resize = new ResizeTarget(imageSize, null);
        _crop = (imageSize, imageSize);
    }

    /// <summary>Reads <c>preprocessor_config.json</c> of a directory; missing settings have the default of transformers' <c>CLIPImageProcessor</c>.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="FileNotFoundException">The directory has no such file.</exception>
    /// <exception cref="InvalidDataException">A setting is unknown, damaged, or does not lead to square images.</exception>
    public static ClipPreprocessor Load(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{directory}: there is no {FileName}.", path);
        var file = JsonFile.Load(path);
        PreprocessorSettings.CheckType(file);
        var resize = file.Flag("do_resize", true) ? PreprocessorSettings.Size(file) : null;
        (int Width, int Height)? crop = file.Flag("do_center_crop", true) ? PreprocessorSettings.Crop(file) : null;
        var result = crop ?? resize?.Exact ?? throw file.Wrong("without do_center_crop and a fixed size, images have no common size; CLIP needs square ones.");
        if (result.Width != result.Height)
            throw file.Wrong($"images of {result.Width} × {result.Height} pixels come out; CLIP needs square ones.");
        var preprocessor = new ClipPreprocessor(result.Width)
        {
            _resize = resize,
            _crop = crop,
            _filter = PreprocessorSettings.Filter(file),
            _rescale = file.Flag("do_rescale", true) ? file.Number("rescale_factor", 1 / 255d) : null,
            _normalize = file.Flag("do_normalize", true),
        };
        PreprocessorSettings.Channels(file, "image_mean", preprocessor.Mean);
        PreprocessorSettings.Channels(file, "image_std", preprocessor.Std);
        if (preprocessor.Std.Contains(0f))
            throw file.Wrong("image_std holds a zero.");
        return preprocessor;
    }

    /// <summary>Side of the square result, in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Mean per channel, of values from 0 to 1.</summary>
    public float[] Mean { get; } = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <summary>Standard deviation per channel, of values from 0 to 1.</summary>
    public float[] Std { get; } = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>Identity of the settings: preparations of the same fingerprint give the same pixels.</summary>
    public string Fingerprint => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"resize {_resize?.ShortestEdge.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no"} {_resize?.Exact?.ToString() ?? ""} {_filter}, crop {_crop?.ToString() ?? "no"}, rescale {_rescale}, normalize {_normalize} {string.Join(' ', Mean.Concat(Std).Select(v => v.ToString(System.Globalization.CultureInfo.InvariantCulture)))}");

    /// <summary>Resizes, crops, rescales and normalises.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="pixels">[3, S, S], to be filled.</param>
    /// <exception cref="InvalidDataException">Without cropping, the picture does not come out at the right size.</exception>
    public void Preprocess(RgbImage image, Span<float> pixels) => Normalize(Crop(image).Pixels, pixels);

    /// <summary>Resizes and crops only.</summary>
    /// <param name="image">The picture.</param>
    /// <returns>The picture as [S, S, 3].</returns>
    /// <exception cref="InvalidDataException">Without cropping, the picture does not come out at the right size.</exception>
    public RgbImage Crop(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (width, height) = _resize?.For(image.Width, image.Height) ?? (image.Width, image.Height);
        var (cropWidth, cropHeight) = _crop ?? (width, height);
        if (cropWidth != ImageSize || cropHeight != ImageSize)
            throw new InvalidDataException($"A picture of {image.Width} × {image.Height} pixels comes out at {cropWidth} × {cropHeight}; expected {ImageSize} × {ImageSize}.");

        // transformers, center_crop: halves are rounded down, and what lies outside the picture is black.
        var (left, top) = ((width - cropWidth) >> 1, (height - cropHeight) >> 1);
        var (firstColumn, firstRow) = (Math.Max(0, left), Math.Max(0, top));
        var window = new PixelWindow(firstColumn, firstRow, Math.Min(width, left + cropWidth) - firstColumn, Math.Min(height, top + cropHeight) - firstRow);
        var rgb = PillowResize.Resize(image.Pixels, image.Width, image.Height, 3, width, height, window, _filter);
        if (window.Width == cropWidth && window.Height == cropHeight)
            return new RgbImage(cropWidth, cropHeight, rgb);
        var canvas = new byte[cropWidth * cropHeight * 3];
        for (var row = 0; row < window.Height; row++)
            rgb.AsSpan(row * window.Width * 3, window.Width * 3).CopyTo(canvas.AsSpan((((firstRow - top + row) * cropWidth) + firstColumn - left) * 3));
        return new RgbImage(cropWidth, cropHeight, canvas);
    }

    /// <summary>Rescales and normalises a picture that has the right size already.</summary>
    /// <param name="rgb">[S, S, 3].</param>
    /// <param name="pixels">[3, S, S], to be filled.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Normalize(ReadOnlySpan<byte> rgb, Span<float> pixels)
    {
        var plane = ImageSize * ImageSize;
        if (rgb.Length != 3 * plane)
            throw new ArgumentException($"A picture of {ImageSize} × {ImageSize} pixels takes {3 * plane} bytes, not {rgb.Length}.", nameof(rgb));
        if (pixels.Length != 3 * plane)
            throw new ArgumentException($"A picture of {ImageSize} × {ImageSize} pixels takes {3 * plane} values, not {pixels.Length}.", nameof(pixels));
        Span<float> values = stackalloc float[256];
        for (var channel = 0; channel < 3; channel++)
        {
            for (var value = 0; value < 256; value++)
                values[value] = Normalize(value, channel);
            var target = pixels.Slice(channel * plane, plane);
            for (int i = 0, from = channel; i < target.Length; i++, from += 3)
                target[i] = values[rgb[from]];
        }
    }

    /// <summary>Writes <c>preprocessor_config.json</c> into a directory, for transformers to read too.</summary>
    /// <param name="directory">The directory, which must exist.</param>
    public void Save(string directory) => AtomicFile.Write(Path.Combine(directory, FileName), stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("image_processor_type", "CLIPImageProcessor");
        json.WriteBoolean("do_convert_rgb", true);
        json.WriteBoolean("do_resize", _resize is not null);
        if (_resize is { } resize)
        {
            json.WriteStartObject("size");
            if (resize.Exact is var (width, height))
            {
                json.WriteNumber("height", height);
                json.WriteNumber("width", width);
            }
            else
            {
                json.WriteNumber("shortest_edge", resize.ShortestEdge);
            }
            json.WriteEndObject();
        }
        json.WriteNumber("resample", (int)_filter);
        json.WriteBoolean("do_center_crop", _crop is not null);
        if (_crop is var (cropWidth, cropHeight))
        {
            json.WriteStartObject("crop_size");
            json.WriteNumber("height", cropHeight);
            json.WriteNumber("width", cropWidth);
            json.WriteEndObject();
        }
        json.WriteBoolean("do_rescale", _rescale is not null);
        if (_rescale is { } factor)
            json.WriteNumber("rescale_factor", factor);
        json.WriteBoolean("do_normalize", _normalize);
        WriteChannels(json, "image_mean", Mean);
        WriteChannels(json, "image_std", Std);
        json.WriteEndObject();
    });

    internal static bool Exists(string directory) => File.Exists(Path.Combine(directory, FileName));

    private static void WriteChannels(Utf8JsonWriter json, string name, float[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    // NumPy rescales in double, rounds to float32, and normalises in float32.
    private float Normalize(int value, int channel)
    {
        var rescaled = _rescale is { } factor ? (float)(value * factor) : value;
        return _normalize ? (rescaled - Mean[channel]) / Std[channel] : rescaled;
    }
}
