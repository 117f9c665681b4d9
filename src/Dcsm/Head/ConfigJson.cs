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
    ];

    internal static readonly IReadOnlyList<(string Name, MapStandardization Value)> Standardizations =
    [
        ("per-map", MapStandardization.PerMap),
        ("whole-batch", MapStandardization.WholeBatch),
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
            "placement",
            "words_name",
            "words",
            "training",
            "metrics"
        );

        return new DcsmConfig
        {
            ClipFingerprint = file.Field("clip_fingerprint").Text(),
            ClipName = file.Optional("clip_name")?.String(),
            ImageTokens = file.Field("image_tokens").Whole(1),
            TextTokens = file.Field("text_tokens").Whole(1),
            Dimension = file.Field("dimension").Whole(1),
            Convolutions = file.Optional("convolutions")?.Whole(0, HeadTensors.MostConvolutions) ?? PaperConvolutions,
            Channels = file.Field("channels").Whole(1),
            Hidden = file.Field("hidden").Whole(1),
            Standardization = file.Field("standardization").OneOf(Standardizations),
            Placement = file.Field("placement").OneOf(Placements),
            Words = FunctionalWordsJson.Read(file.Field("words_name"), file.Field("words")),
            Training = file.Optional("training")?.ToNode() ?? [],
            Metrics = file.Optional("metrics")?.ToNode() ?? [],
        };
    }

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
        root["placement"] = Placements.First(one => one.Value == config.Placement).Name;
        root["words_name"] = config.Words.Name;
        root["words"] = FunctionalWordsJson.Write(config.Words);
        root["training"] = config.Training.DeepClone();
        root["metrics"] = config.Metrics.DeepClone();
        return [.. JsonSerializer.SerializeToUtf8Bytes(root, Indented), (byte)'\n'];
    }
}
