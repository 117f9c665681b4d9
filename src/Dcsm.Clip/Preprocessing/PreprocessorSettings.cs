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

    public static void CheckType(JsonFile file)
    {
        foreach (string key in (string[])["image_processor_type", "feature_extractor_type"])
        {
            if (file.Text(key) is { } type && !Types.Contains(type) && file.TryGet(key, out JsonElement value))
                throw file.Wrong(key, value, "CLIP's, \"CLIPImageProcessor\"");
        }
        if (!file.Flag("do_convert_rgb", true))
            throw file.Wrong("do_convert_rgb is false; CLIP needs pictures of three channels, and all are converted.");
    }

    public static ResizeTarget Size(JsonFile file)
    {
        if (!file.TryGet("size", out JsonElement value))
            return new ResizeTarget(Default, null);
        if (value.ValueKind == JsonValueKind.Number)
            return new ResizeTarget(Side(file, "size"), null);
        string keys = Keys(value);
        JsonFile size = file.Object("size")!;
        return keys switch
        {
            "shortest_edge" => new ResizeTarget(Side(size, "shortest_edge"), null),
            "height,width" => new ResizeTarget(0, (Side(size, "width"), Side(size, "height"))),
            _ => throw file.Wrong("size", value, "a number, {shortest_edge} or {height, width}"),
        };
    }

    public static (int Width, int Height) Crop(JsonFile file)
    {
        if (!file.TryGet("crop_size", out JsonElement value))
            return (Default, Default);
        if (value.ValueKind == JsonValueKind.Number)
            return (Side(file, "crop_size"), Side(file, "crop_size"));
        if (Keys(value) != "height,width")
            throw file.Wrong("crop_size", value, "a number or {height, width}");
        JsonFile size = file.Object("crop_size")!;
        return (Side(size, "width"), Side(size, "height"));
    }

    public static ResampleFilter Filter(JsonFile file)
    {
        if (!file.TryGet("resample", out JsonElement value))
            return ResampleFilter.Bicubic;
        if (
            value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out int number)
            && number != 0
            && Enum.IsDefined((ResampleFilter)number)
        )
        {
            return (ResampleFilter)number;
        }

        throw file.Wrong("resample", value, "1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) or 5 (Hamming)");
    }

    public static void Channels(JsonFile file, string key, float[] channels)
    {
        if (!file.TryGet(key, out JsonElement value))
            return;
        if (
            value.ValueKind != JsonValueKind.Array
            || value.GetArrayLength() != channels.Length
            || !value
                .EnumerateArray()
                .All(item => item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out float number) && float.IsFinite(number))
        )
        {
            throw file.Wrong(key, value, "three numbers");
        }

        for (int i = 0; i < channels.Length; i++)
            channels[i] = value[i].GetSingle();
    }

    private static int Side(JsonFile file, string key)
    {
        int side = file.Positive(key, Default);
        return side <= Largest ? side : throw file.Wrong($"{key} is {side}; more than {Largest} pixels are refused.");
    }

    private static string Keys(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
            ? string.Join(
                ',',
                value
                    .EnumerateObject()
                    .Where(entry => entry.Value.ValueKind != JsonValueKind.Null)
                    .Select(entry => entry.Name)
                    .Order(StringComparer.Ordinal)
            )
            : "";
}
