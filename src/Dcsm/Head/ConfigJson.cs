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
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{source}: not valid JSON: {e.Message}", e);
        }
        var file = new JsonFields(source, "", root);
        int version = file.Positive("format_version");
        if (version != FormatVersion)
            throw file.Wrong("format_version", $"is {version}; this program reads version {FormatVersion}");
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

        string fingerprint = file.String("clip_fingerprint");
        if (string.IsNullOrWhiteSpace(fingerprint))
            throw file.Wrong("clip_fingerprint", "is empty; 'sha256:...' is meant");
        return new DcsmConfig
        {
            ClipFingerprint = fingerprint,
            ClipName = file.OptionalString("clip_name"),
            ImageTokens = file.Positive("image_tokens"),
            TextTokens = file.Positive("text_tokens"),
            Dimension = file.Positive("dimension"),
            Convolutions = Convolutions(file),
            Channels = file.Positive("channels"),
            Hidden = file.Positive("hidden"),
            Standardization = file.OneOf("standardization", Standardizations),
            Placement = file.OneOf("placement", Placements),
            Words = FunctionalWordsJson.Read(file.String("words_name"), file.Array("words"), file, "words"),
            Training = file.OptionalObject("training"),
            Metrics = file.OptionalObject("metrics"),
        };
    }

    private static int Convolutions(JsonFields file)
    {
        int number = file.OptionalInteger("convolutions") ?? PaperConvolutions;
        return number is >= 0 and <= HeadTensors.MostConvolutions
            ? number
            : throw file.Wrong("convolutions", $"is {number}; a number from 0 to {HeadTensors.MostConvolutions} is meant");
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
