using System.Buffers;
using System.Text.Json;
using Dcsm.Clip.Checkpoints;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Preprocessing;

/// <summary>
/// Image preparation as a Hugging Face <c>preprocessor_config.json</c> asks for it: resize, center crop, rescale,
/// normalize. Resizing is that of Pillow, to the bit.
/// </summary>
/// <remarks>Thread-safe. Source: transformers, <c>image_processing_pil_clip.py</c> and the base class it stands on.</remarks>
public sealed class ClipPreprocessor
{
    private const string FileName = "preprocessor_config.json",
        ProcessorFileName = "processor_config.json";

    /// <summary>The size that transformers' processors of CLIP and SigLIP take where the file says none.</summary>
    internal const int UsualSize = 224;

    private const int ByteValues = 256;

    private readonly float[] _mean = [0.48145466f, 0.4578275f, 0.40821073f],
        _std = [0.26862954f, 0.26130258f, 0.27577711f];
    private ResizeTarget? _resize;
    private (int Width, int Height)? _crop;
    private ResampleFilter _filter = ResampleFilter.Bicubic;
    private double? _rescale = 1 / 255d;
    private bool _normalize = true;
    private bool _isOpenClip;

    /// <summary>CLIP's usual preparation: shortest edge to the image size by bicubic, center crop, CLIP's mean and deviation.</summary>
    /// <param name="imageSize">Side of the square result, in pixels.</param>
    public ClipPreprocessor(int imageSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        ImageSize = imageSize;
        _resize = new ResizeTarget(imageSize, null);
        _crop = (imageSize, imageSize);
    }

    /// <summary>
    /// Reads <c>preprocessor_config.json</c>, or what transformers 5 writes in its place into <c>processor_config.json</c>; missing
    /// settings have the default of transformers' <c>CLIPImageProcessor</c>.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="FileNotFoundException">The directory has no such file.</exception>
    /// <exception cref="InvalidDataException">A setting is unknown, damaged, or does not lead to square images.</exception>
    public static ClipPreprocessor Load(string directory) => Load(directory, new ClipPreprocessor(UsualSize));

    /// <param name="directory">The directory.</param>
    /// <param name="usual">The preparation that is meant where the file doesn't name its processor; changed.</param>
    internal static ClipPreprocessor Load(string directory, ClipPreprocessor usual)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        JsonField file =
            Settings(directory)
            ?? throw new FileNotFoundException($"{directory}: there is no {FileName}.", Path.Combine(directory, FileName));
        ClipPreprocessor defaults = PreprocessorSettings.Defaults(file, usual);
        ResizeTarget? resize = (file.Optional("do_resize")?.Flag() ?? true) ? PreprocessorSettings.Size(file, defaults._resize!) : null;
        // Who squashes never crops, whatever the file says.
        bool crops = defaults._crop is not null && (file.Optional("do_center_crop")?.Flag() ?? true);
        (int Width, int Height)? crop = crops ? PreprocessorSettings.Crop(file, defaults.ImageSize) : null;
        (int Width, int Height) result =
            crop
            ?? resize?.Exact
            ?? throw file.Wrong("without do_center_crop and a fixed size, images have no common size; CLIP needs square ones.");
        if (result.Width != result.Height)
            throw file.Wrong($"images of {result.Width} × {result.Height} pixels come out; CLIP needs square ones.");
        var preprocessor = new ClipPreprocessor(result.Width)
        {
            _resize = resize,
            _crop = crop,
            _filter = PreprocessorSettings.Filter(file),
            _rescale = (file.Optional("do_rescale")?.Flag() ?? true) ? file.Optional("rescale_factor")?.Number() ?? (1 / 255d) : null,
            _normalize = file.Optional("do_normalize")?.Flag() ?? true,
        };
        defaults._mean.CopyTo(preprocessor._mean, 0);
        defaults._std.CopyTo(preprocessor._std, 0);
        PreprocessorSettings.Channels(file, "image_mean", preprocessor._mean);
        PreprocessorSettings.Channels(file, "image_std", preprocessor._std);
        if (preprocessor._std.Contains(0f))
            throw file.Wrong("image_std holds a zero.");
        return preprocessor;
    }

    /// <summary>The preparation of SigLIP and BLIP: both sides to the image size by bicubic, whatever the proportions were.</summary>
    /// <param name="imageSize">Side of the square result, in pixels.</param>
    /// <param name="mean">The mean of every channel; CLIP's where null.</param>
    /// <param name="deviation">The deviation of every channel; CLIP's where null.</param>
    internal static ClipPreprocessor Squashed(int imageSize, float? mean = null, float? deviation = null)
    {
        var preprocessor = new ClipPreprocessor(imageSize) { _resize = new ResizeTarget(imageSize, (imageSize, imageSize)), _crop = null };
        if (mean is { } middle)
            Array.Fill(preprocessor._mean, middle);
        if (deviation is { } spread)
            Array.Fill(preprocessor._std, spread);
        return preprocessor;
    }

    /// <summary>The preparation that open_clip's <c>preprocess_cfg</c> asks for (open_clip, <c>transform.py</c>).</summary>
    /// <param name="settings">The <c>preprocess_cfg</c>.</param>
    /// <param name="imageSize">Side of the square result, in pixels.</param>
    /// <exception cref="InvalidDataException">A setting is unknown, damaged, or for other images.</exception>
    internal static ClipPreprocessor OfOpenClip(JsonField settings, int imageSize)
    {
        settings.AllowOnly("size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color");
        if (settings.Optional("size") is { } size && !OpenClipSides(size).All(side => side == imageSize))
            throw size.Expected($"the model's image_size, {imageSize}");
        if (settings.Optional("mode") is { } mode && mode.String() != "RGB")
            throw mode.Expected("'RGB'");
        string resize =
            settings.Optional("resize_mode")?.OneOf([("shortest", "shortest"), ("longest", "longest"), ("squash", "squash")]) ?? "";
        if (resize == "longest" && settings.Optional("fill_color") is { } fill && fill.Number() != 0)
            throw fill.Expected("0, black");
        var preprocessor = new ClipPreprocessor(imageSize)
        {
            _isOpenClip = true,
            _resize = new ResizeTarget(imageSize, resize == "squash" ? (imageSize, imageSize) : null, resize == "longest"),
            _filter =
                settings
                    .Optional("interpolation")
                    ?.OneOf([
                        ("bicubic", ResampleFilter.Bicubic),
                        ("bilinear", ResampleFilter.Bilinear),
                        ("random", ResampleFilter.Bicubic), // only in training
                    ])
                ?? ResampleFilter.Bicubic,
        };
        PreprocessorSettings.Channels(settings, "mean", preprocessor._mean);
        PreprocessorSettings.Channels(settings, "std", preprocessor._std);
        return preprocessor._std.Contains(0f) ? throw settings.Field("std").Wrong("holds a zero") : preprocessor;

        static IEnumerable<int> OpenClipSides(JsonField size) =>
            size.Kind == JsonValueKind.Array ? size.List().Select(side => side.Whole(1)) : [size.Whole(1)];
    }

    /// <summary>Side of the square result, in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Mean per channel, of values from 0 to 1.</summary>
    public IReadOnlyList<float> Mean => Array.AsReadOnly(_mean);

    /// <summary>Standard deviation per channel, of values from 0 to 1.</summary>
    public IReadOnlyList<float> Std => Array.AsReadOnly(_std);

    /// <summary>Identity of the settings: preparations of the same fingerprint give the same pixels.</summary>
    public string Fingerprint =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"resize {_resize?.Edge.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no"} "
                + $"{_resize?.Exact?.ToString() ?? ""} {_filter}, crop {_crop?.ToString() ?? "no"}, rescale {_rescale}, "
                + $"normalize {_normalize} "
                + $"{string.Join(' ', _mean.Concat(_std).Select(v => v.ToString(System.Globalization.CultureInfo.InvariantCulture)))}"
                + $"{(_isOpenClip ? ", open_clip" : "")}{(_resize?.IsLongest == true ? " longest" : "")}"
        );

    /// <summary>Resizes, crops, rescales and normalizes.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="pixels">[3, S, S], to be filled.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="InvalidDataException">Without cropping, the picture does not come out at the right size.</exception>
    public void Preprocess(RgbImage image, Span<float> pixels)
    {
        ArgumentNullException.ThrowIfNull(image);
        Prepare(image.Pixels, image.Width, image.Height, 3, pixels);
    }

    /// <summary>
    /// Decodes an image file as <see cref="RgbImage.Load(string, Transparency)"/> does, resizes, crops, rescales and normalizes; faster
    /// than from an <see cref="RgbImage"/>.
    /// </summary>
    /// <param name="path">The file, of one of <see cref="PictureDecoders.Formats"/>.</param>
    /// <param name="pixels">[3, S, S], to be filled.</param>
    /// <param name="transparency">What becomes of transparent parts.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// It can't be decoded, is cut short, or is far too large; or, without cropping, it does not come out at the right size.
    /// </exception>
    public void PreprocessFile(string path, Span<float> pixels, Transparency transparency = Transparency.OnWhite) =>
        PreprocessFile(path, pixels, new PictureOptions { Transparency = transparency });

    /// <summary>As the other, with all that can be told to the decoder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixels">[3, S, S], to be filled.</param>
    /// <param name="options">How it is decoded.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// It can't be decoded, is cut short, or is too large; or, without cropping, it does not come out at the right size.
    /// </exception>
    public void PreprocessFile(string path, Span<float> pixels, PictureOptions options) => Preprocess(path, pixels, options);

    /// <summary>Decodes a picture from wherever it comes, resizes, crops, rescales and normalizes.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="pixels">[3, S, S], to be filled.</param>
    /// <param name="options">How it is decoded.</param>
    /// <param name="cancellationToken">
    /// Stops waiting at once. What decodes a large picture goes on by itself to the end of the decoding, and gives its memory back then;
    /// twice as many as there are processors do so at a time, and others wait for them.
    /// </param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// It can't be decoded, is cut short, or is too large; or, without cropping, it does not come out at the right size. The message
    /// begins with <see cref="ImageSource.Name"/>.
    /// </exception>
    public void Preprocess(ImageSource source, Span<float> pixels, PictureOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        CheckLength(pixels);
        ImageDecoder? decoder = source.Image is null ? new ImageDecoder(source, options) : null;
        long size = decoder?.Pixels ?? ((long)source.Image!.Width * source.Image.Height);
        if (!cancellationToken.CanBeCanceled || size < LargePictures.Pixels)
        {
            using (decoder)
                Prepare(source, decoder, pixels, cancellationToken);
            return;
        }
        float[] prepared = new float[pixels.Length];
        LargePictures.Run(decoder, () => Prepare(source, decoder, prepared, cancellationToken), cancellationToken);
        prepared.CopyTo(pixels);
    }

    /// <summary>Resizes and crops only.</summary>
    /// <param name="image">The picture.</param>
    /// <returns>The picture as [S, S, 3].</returns>
    /// <exception cref="InvalidDataException">Without cropping, the picture does not come out at the right size.</exception>
    public RgbImage Crop(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Placement placement = Place(image.Width, image.Height);
        PixelWindow window = placement.Window;
        byte[] rgb = PillowResize.Resize(image.Pixels, image.Width, image.Height, 3, placement.Width, placement.Height, window, _filter);
        if (window.Width == ImageSize && window.Height == ImageSize)
            return new RgbImage(ImageSize, ImageSize, rgb);
        byte[] canvas = new byte[ImageSize * ImageSize * 3];
        for (int row = 0; row < window.Height; row++)
        {
            rgb.AsSpan(row * window.Width * 3, window.Width * 3)
                .CopyTo(canvas.AsSpan((((placement.Top + row) * ImageSize) + placement.Left) * 3));
        }

        return new RgbImage(ImageSize, ImageSize, canvas);
    }

    /// <summary>Rescales and normalizes a picture that has the right size already.</summary>
    /// <param name="rgb">[S, S, 3].</param>
    /// <param name="pixels">[3, S, S], to be filled.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Normalize(ReadOnlySpan<byte> rgb, Span<float> pixels)
    {
        int plane = ImageSize * ImageSize;
        if (rgb.Length != 3 * plane)
        {
            throw new ArgumentException(
                $"A picture of {ImageSize} × {ImageSize} pixels takes {3 * plane} bytes, not {rgb.Length}.",
                nameof(rgb)
            );
        }

        CheckLength(pixels);
        Span<float> values = stackalloc float[3 * ByteValues];
        FillValues(values);
        Spread(rgb, 3, values, pixels[..plane], pixels.Slice(plane, plane), pixels.Slice(2 * plane, plane));
    }

    /// <summary>Writes <c>preprocessor_config.json</c> into a directory, for transformers to read too.</summary>
    /// <param name="directory">The directory, which must exist.</param>
    /// <exception cref="InvalidDataException">The settings can't be told in that file.</exception>
    internal void Save(string directory)
    {
        if (_resize?.IsLongest == true)
        {
            throw new InvalidDataException(
                $"{directory}: pictures are to be fitted in and padded (resize_mode 'longest'), which {FileName} can't tell; open the "
                    + $"checkpoint as it is."
            );
        }

        AtomicFile.Write(
            Path.Combine(directory, FileName),
            stream =>
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
                        json.WriteNumber("shortest_edge", resize.Edge);
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
                WriteChannels(json, "image_mean", _mean);
                WriteChannels(json, "image_std", _std);
                json.WriteEndObject();
            }
        );
    }

    internal static bool Exists(string directory) => Settings(directory) is not null;

    // transformers 5 looks for them in this order, too.
    private static JsonField? Settings(string directory)
    {
        string processor = Path.Combine(directory, ProcessorFileName),
            own = Path.Combine(directory, FileName);
        return (File.Exists(processor) ? JsonField.LoadFromPython(processor).Optional("image_processor") : null)
            ?? (ModelFolder.Has(own) ? JsonField.LoadFromPython(own) : null);
    }

    private static void WriteChannels(Utf8JsonWriter json, string name, float[] values)
    {
        json.WriteStartArray(name);
        foreach (float value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private void Prepare(ImageSource source, ImageDecoder? decoder, Span<float> pixels, CancellationToken cancellationToken)
    {
        if (decoder is null)
        {
            Preprocess(source.Image!, pixels);
            return;
        }
        if (decoder.ComesInRows && TryPrepareRows(decoder, pixels, cancellationToken))
            return;
        using DecodedPicture picture = decoder.Decode(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Prepare(picture.WithOverhang, picture.Width, picture.Height, picture.Channels, pixels);
    }

    private bool TryPrepareRows(ImageDecoder decoder, Span<float> pixels, CancellationToken cancellationToken)
    {
        Placement placement = Place(decoder.Width, decoder.Height);
        byte[] quads = ArrayPool<byte>.Shared.Rent(placement.Length);
        bool isDone = PillowResize.TryResizeRows(
            decoder,
            placement.Width,
            placement.Height,
            placement.Window,
            _filter,
            quads.AsSpan(0, placement.Length),
            cancellationToken
        );
        if (isDone)
            Normalize(placement, quads, pixels);
        ArrayPool<byte>.Shared.Return(quads);
        return isDone;
    }

    private void Prepare(ReadOnlySpan<byte> picture, int width, int height, int channels, Span<float> pixels)
    {
        CheckLength(pixels);
        Placement placement = Place(width, height);
        byte[] quads = ArrayPool<byte>.Shared.Rent(placement.Length);
        PillowResize.ResizeToQuads(
            picture,
            width,
            height,
            channels,
            placement.Width,
            placement.Height,
            placement.Window,
            _filter,
            quads.AsSpan(0, placement.Length)
        );
        Normalize(placement, quads, pixels);
        ArrayPool<byte>.Shared.Return(quads);
    }

    private void Normalize(Placement placement, byte[] quads, Span<float> pixels)
    {
        PixelWindow window = placement.Window;
        int plane = ImageSize * ImageSize;
        Span<float> red = pixels[..plane],
            green = pixels.Slice(plane, plane),
            blue = pixels.Slice(2 * plane, plane);
        Span<float> values = stackalloc float[3 * ByteValues];
        FillValues(values);
        if (window.Width < ImageSize || window.Height < ImageSize)
        {
            red.Fill(values[0]);
            green.Fill(values[ByteValues]);
            blue.Fill(values[2 * ByteValues]);
        }
        for (int row = 0; row < window.Height; row++)
        {
            int at = ((placement.Top + row) * ImageSize) + placement.Left;
            Spread(
                quads.AsSpan(row * window.Width * 4, window.Width * 4),
                4,
                values,
                red.Slice(at, window.Width),
                green.Slice(at, window.Width),
                blue.Slice(at, window.Width)
            );
        }
    }

    // What is cut off before the crop, or added where it is negative. transformers, center_crop: halves are rounded down. open_clip,
    // center_crop_or_pad, and torchvision: halves of what is cut go to even, the smaller half is added before.
    private int Before(int side, int crop) =>
        !_isOpenClip ? (side - crop) >> 1
        : side >= crop ? (int)Math.Round((side - crop) / 2.0)
        : -((crop - side) / 2);

    // What lies outside the picture is black.
    private Placement Place(int imageWidth, int imageHeight)
    {
        (int width, int height) = _resize?.For(imageWidth, imageHeight) ?? (imageWidth, imageHeight);
        (int cropWidth, int cropHeight) = _crop ?? (width, height);
        if (cropWidth != ImageSize || cropHeight != ImageSize)
        {
            throw new InvalidDataException(
                $"A picture of {imageWidth} × {imageHeight} pixels comes out at {cropWidth} × {cropHeight}; expected "
                    + $"{ImageSize} × {ImageSize}."
            );
        }

        (int left, int top) = (Before(width, cropWidth), Before(height, cropHeight));
        (int column, int row) = (Math.Max(0, left), Math.Max(0, top));
        var window = new PixelWindow(column, row, Math.Min(width, left + cropWidth) - column, Math.Min(height, top + cropHeight) - row);
        return new Placement(width, height, window, column - left, row - top);
    }

    private void CheckLength(ReadOnlySpan<float> pixels)
    {
        if (pixels.Length != 3 * ImageSize * ImageSize)
        {
            throw new ArgumentException(
                $"A picture of {ImageSize} × {ImageSize} pixels takes {3 * ImageSize * ImageSize} values, not {pixels.Length}.",
                nameof(pixels)
            );
        }
    }

    private static void Spread(
        ReadOnlySpan<byte> bytes,
        int step,
        ReadOnlySpan<float> values,
        Span<float> red,
        Span<float> green,
        Span<float> blue
    )
    {
        ReadOnlySpan<float> ofRed = values[..ByteValues],
            ofGreen = values.Slice(ByteValues, ByteValues),
            ofBlue = values.Slice(2 * ByteValues, ByteValues);
        green = green[..red.Length];
        blue = blue[..red.Length];
        for (int i = 0; i < red.Length; i++)
        {
            ReadOnlySpan<byte> pixel = bytes.Slice(i * step, 3);
            red[i] = ofRed[pixel[0]];
            green[i] = ofGreen[pixel[1]];
            blue[i] = ofBlue[pixel[2]];
        }
    }

    // NumPy rescales in double, rounds to float32, and normalizes in float32.
    private void FillValues(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            (int channel, int value) = Math.DivRem(i, ByteValues);
            float rescaled = _rescale is { } factor ? (float)(value * factor) : value;
            values[i] = _normalize ? (rescaled - _mean[channel]) / _std[channel] : rescaled;
        }
    }

    /// <summary>Where a picture of the given size goes.</summary>
    /// <param name="Width">Width that it is resized to.</param>
    /// <param name="Height">Height that it is resized to.</param>
    /// <param name="Window">What is kept of it.</param>
    /// <param name="Left">Where that begins in the result.</param>
    /// <param name="Top">Where that begins in the result.</param>
    private readonly record struct Placement(int Width, int Height, PixelWindow Window, int Left, int Top)
    {
        // Bytes of the window, in pixels of 4.
        public int Length => Window.Width * Window.Height * 4;
    }
}
