using System.Text.Json;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Preprocessing;

/// <summary>Reads the settings of a <c>preprocessor_config.json</c> in its old and new spellings.</summary>
internal static class PreprocessorSettings
{
    private const int Largest = 8192;

    // Other processors have other steps (padding, several crops), which would silently be left out here.
    private static readonly (string Type, bool IsSquashed, int Size, float? Half)[] Types =
    [
        ("CLIP", false, 224, null),
        ("Siglip", true, 224, 0.5f),
        ("Blip", true, 384, null),
    ];
    private static readonly string[] Endings = ["ImageProcessor", "ImageProcessorFast", "ImageProcessorPil", "FeatureExtractor"];

    /// <summary>What the processor does where the file says nothing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="usual">The preparation that is meant where it doesn't name its processor.</param>
    public static ClipPreprocessor Defaults(JsonField file, ClipPreprocessor usual)
    {
        (string Type, bool IsSquashed, int Size, float? Half)? found = null;
        foreach (string key in (string[])["image_processor_type", "feature_extractor_type"])
        {
            if (file.Optional(key) is not { } type)
                continue;
            int known = Array.FindIndex(Types, known => Endings.Any(ending => type.String() == known.Type + ending));
            found =
                known >= 0
                    ? Types[known]
                    : throw type.Expected("\"CLIPImageProcessor\", \"SiglipImageProcessor\" or \"BlipImageProcessor\"");
        }
        if (file.Optional("do_convert_rgb")?.Flag() == false)
            throw file.Wrong("do_convert_rgb is false; pictures of three channels are needed, and all are converted.");
        return found is not { } processor ? usual
            : processor.IsSquashed ? ClipPreprocessor.Squashed(processor.Size, processor.Half, processor.Half)
            : new ClipPreprocessor(processor.Size);
    }

    public static ResizeTarget Size(JsonField file, ResizeTarget otherwise)
    {
        if (file.Optional("size") is not { } size)
            return otherwise;
        if (size.Kind == JsonValueKind.Number)
            return new ResizeTarget(Side(size), null);
        return Keys(size) switch
        {
            "shortest_edge" => new ResizeTarget(Side(size.Field("shortest_edge")), null),
            "height,width" => new ResizeTarget(0, (Side(size.Field("width")), Side(size.Field("height")))),
            _ => throw size.Expected("a number, {shortest_edge} or {height, width}"),
        };
    }

    public static (int Width, int Height) Crop(JsonField file, int otherwise)
    {
        if (file.Optional("crop_size") is not { } size)
            return (otherwise, otherwise);
        if (size.Kind == JsonValueKind.Number)
            return (Side(size), Side(size));
        return Keys(size) == "height,width"
            ? (Side(size.Field("width")), Side(size.Field("height")))
            : throw size.Expected("a number or {height, width}");
    }

    public static ResampleFilter Filter(JsonField file)
    {
        if (file.Optional("resample") is not { } filter)
            return ResampleFilter.Bicubic;
        return
            filter.Kind == JsonValueKind.Number
            && filter.Element.TryGetInt32(out int number)
            && number != 0
            && Enum.IsDefined((ResampleFilter)number)
            ? (ResampleFilter)number
            : throw filter.Expected("1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) or 5 (Hamming)");
    }

    public static void Channels(JsonField file, string key, float[] channels) =>
        file.Optional(key)?.Singles(channels.Length).CopyTo(channels, 0);

    private static int Side(JsonField side) =>
        side.Whole(1) is var pixels && pixels <= Largest
            ? pixels
            : throw side.Wrong($"more than {Largest} pixels are refused, found {pixels}");

    private static string Keys(JsonField value) =>
        value.Kind == JsonValueKind.Object
            ? string.Join(
                ',',
                value.Fields().Where(field => field.Kind != JsonValueKind.Null).Select(field => field.Name).Order(StringComparer.Ordinal)
            )
            : "";
}
