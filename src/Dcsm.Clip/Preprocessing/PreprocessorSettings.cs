using System.Text.Json;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Preprocessing;

/// <summary>Reads the settings of a <c>preprocessor_config.json</c> in its old and new spellings.</summary>
internal static class PreprocessorSettings
{
    private const int Default = 224,
        Largest = 8192;

    // Other processors have other defaults and steps (padding, no crop), which would silently be CLIP's here.
    private static readonly string[] Types =
    [
        "CLIPImageProcessor",
        "CLIPImageProcessorFast",
        "CLIPImageProcessorPil",
        "CLIPFeatureExtractor",
    ];

    public static void CheckType(JsonField file)
    {
        foreach (string key in (string[])["image_processor_type", "feature_extractor_type"])
        {
            if (file.Optional(key) is { } type && !Types.Contains(type.String()))
                throw type.Expected("CLIP's, \"CLIPImageProcessor\"");
        }
        if (file.Optional("do_convert_rgb")?.Flag() == false)
            throw file.Wrong("do_convert_rgb is false; CLIP needs pictures of three channels, and all are converted.");
    }

    public static ResizeTarget Size(JsonField file)
    {
        if (file.Optional("size") is not { } size)
            return new ResizeTarget(Default, null);
        if (size.Kind == JsonValueKind.Number)
            return new ResizeTarget(Side(size), null);
        return Keys(size) switch
        {
            "shortest_edge" => new ResizeTarget(Side(size.Field("shortest_edge")), null),
            "height,width" => new ResizeTarget(0, (Side(size.Field("width")), Side(size.Field("height")))),
            _ => throw size.Expected("a number, {shortest_edge} or {height, width}"),
        };
    }

    public static (int Width, int Height) Crop(JsonField file)
    {
        if (file.Optional("crop_size") is not { } size)
            return (Default, Default);
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
