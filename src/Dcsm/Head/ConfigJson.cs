using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.FunctionalWords;
using Dcsm.IO.Json;
using Dcsm.Maps;

namespace Dcsm.Head;

/// <summary><see cref="DcsmConfig"/> in JSON.</summary>
internal static class ConfigJson
{
    internal const int FormatVersion = 1;

    private const int PaperConvolutions = 2;

    internal static readonly IReadOnlyList<(string Name, RowPlacement Value)> Placements =
    [
        ("token-aligned", RowPlacement.TokenAligned),
        ("official", RowPlacement.Official),
        ("official-notebook", RowPlacement.OfficialNotebook),
        ("end-first", RowPlacement.EndFirst),
    ];

    internal static readonly IReadOnlyList<(string Name, MapStandardization Value)> Standardizations =
    [
        ("per-map", MapStandardization.PerMap),
        ("whole-batch", MapStandardization.WholeBatch),
        ("fixed", MapStandardization.Fixed),
    ];

    internal static readonly IReadOnlyList<(string Name, CaptionForm Value)> CaptionForms =
    [
        ("as-written", CaptionForm.AsWritten),
        ("canonical", CaptionForm.Canonical),
    ];

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static DcsmConfig Parse(ReadOnlySpan<byte> utf8, string source)
    {
        var file = JsonField.Parse(utf8, source, new JsonDocumentOptions { AllowDuplicateProperties = false });
        int version = file.Field("format_version").Whole(1);
        if (version != FormatVersion)
            throw file.Wrong($"format_version is {version}; this program reads version {FormatVersion}");
        file.AllowOnly(
            "format_version",
            "clip_fingerprint",
            "clip_name",
            "image_tokens",
            "text_tokens",
            "dimension",
            "convolutions",
            "channels",
            "hidden",
            "standardization",
            "map_mean",
            "map_deviation",
            "placement",
            "caption_form",
            "words_name",
            "words",
            "fillers",
            "noun_phrases",
            "empty_words",
            "known_words",
            "calibration",
            "training",
            "metrics"
        );

        MapStandardization standardization = file.Field("standardization").OneOf(Standardizations);
        bool isFixed = standardization == MapStandardization.Fixed;
        var config = new DcsmConfig
        {
            ClipFingerprint = file.Field("clip_fingerprint").Text(),
            ClipName = file.Optional("clip_name")?.String(),
            ImageTokens = file.Field("image_tokens").Whole(1, HeadTensors.MostImageTokens),
            TextTokens = file.Field("text_tokens").Whole(1, HeadTensors.MostTextTokens),
            Dimension = file.Field("dimension").Whole(1, HeadTensors.MostWidth),
            Convolutions = file.Optional("convolutions")?.Whole(0, HeadTensors.MostConvolutions) ?? PaperConvolutions,
            Channels = file.Field("channels").Whole(1, HeadTensors.MostChannels),
            Hidden = file.Field("hidden").Whole(1, HeadTensors.MostWidth),
            Standardization = standardization,
            MapMean = isFixed ? file.Field("map_mean").Number() : 0,
            MapDeviation = isFixed ? Positive(file.Field("map_deviation")) : 1,
            Placement = file.Field("placement").OneOf(Placements),
            CaptionForm = file.Optional("caption_form")?.OneOf(CaptionForms) ?? CaptionForm.AsWritten,
            Words = FunctionalWordsJson.Read(file.Field("words_name"), file),
            KnownWords = file.Optional("known_words") is { } known ? [.. known.List().Select(word => word.Text())] : null,
            Calibration = file.Optional("calibration") is { } calibration ? ReadCalibration(calibration) : null,
            Training = file.Optional("training")?.ToNode() ?? [],
            Metrics = file.Optional("metrics")?.ToNode() ?? [],
        };
        return HeadTensors.TooLarge(config) is { } what ? throw file.Wrong(what) : config;
    }

    private static ScoreCalibration ReadCalibration(JsonField field)
    {
        field.AllowOnly("temperature", "bias");
        return new ScoreCalibration(Positive(field.Field("temperature")), field.Field("bias").Number());
    }

    private static double Positive(JsonField field) =>
        field.Number() is var number && number > 0 ? number : throw field.Wrong($"is {field.Number()}; it should be above 0");

    internal static byte[] Write(DcsmConfig config)
    {
        var root = new JsonObject { ["format_version"] = FormatVersion, ["clip_fingerprint"] = config.ClipFingerprint };
        if (config.ClipName is { } name)
            root["clip_name"] = name;
        root["image_tokens"] = config.ImageTokens;
        root["text_tokens"] = config.TextTokens;
        root["dimension"] = config.Dimension;
        // Left out where it is the paper's, so that such heads are read by programs that know no other.
        if (config.Convolutions != PaperConvolutions)
            root["convolutions"] = config.Convolutions;
        root["channels"] = config.Channels;
        root["hidden"] = config.Hidden;
        root["standardization"] = Standardizations.First(one => one.Value == config.Standardization).Name;
        if (config.Standardization == MapStandardization.Fixed)
            (root["map_mean"], root["map_deviation"]) = (config.MapMean, config.MapDeviation);
        root["placement"] = Placements.First(one => one.Value == config.Placement).Name;
        if (config.CaptionForm != CaptionForm.AsWritten)
            root["caption_form"] = CaptionForms.First(one => one.Value == config.CaptionForm).Name;
        root["words_name"] = config.Words.Name;
        FunctionalWordsJson.Write(config.Words, root);
        if (config.KnownWords is { } known)
            root["known_words"] = new JsonArray([.. known.Select(word => (JsonNode)word)]);
        if (config.Calibration is { } calibration)
            root["calibration"] = new JsonObject { ["temperature"] = calibration.Temperature, ["bias"] = calibration.Bias };
        root["training"] = config.Training;
        root["metrics"] = config.Metrics;
        return Encoding.UTF8.GetBytes(root.ToJsonString(Indented) + "\n");
    }
}
