using System.Buffers;
using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Json;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary><see cref="EmbeddingStoreInfo"/> as JSON.</summary>
internal static class StoreInfoJson
{
    private const string Format = "dcsm-embeddings";
    private const int Version = 1;

    public static byte[] Write(EmbeddingStoreInfo info)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonLayout.Indented))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            json.WriteStartObject("clip");
            json.WriteString("name", info.ClipName);
            json.WriteString("fingerprint", info.ClipFingerprint);
            json.WriteEndObject();
            json.WriteString("precision", Name(info.Precision));
            json.WriteString("preprocessing", info.Preprocessing);
            json.WriteString("transparency", Name(info.Transparency));
            json.WriteString("orientation", Name(info.Orientation));
            json.WriteString("tokenizer", Name(info.Tokenizer));
            json.WriteString("dtype", Name(info.Type));
            json.WriteNumber("imageTokens", info.ImageTokens);
            json.WriteNumber("textTokens", info.TextTokens);
            json.WriteNumber("dimension", info.Dimension);
            WriteList(json, "images", info.Images, info.ImageList, info.ImageContent);
            WriteList(json, "captions", info.Captions, info.CaptionList, info.CaptionContent);
            WriteList(json, "pairs", info.Pairs, info.PairList);
            json.WriteString("dcsm", info.Version);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    public static EmbeddingStoreInfo Parse(ReadOnlySpan<byte> utf8, string path)
    {
        var file = JsonField.Parse(utf8, path);
        if (file.Optional("format") is not { Kind: JsonValueKind.String } format || format.String() != Format)
            throw file.Wrong($"format is not '{Format}'; this is no description of embeddings.");
        if (file.Field("version").Whole(1) is var version && version != Version)
            throw file.Wrong($"version is {version}; this program reads version {Version}.");
        JsonField clip = file.Field("clip");
        ((int Count, string Digest) images, (int Count, string Digest) captions, (int Count, string Digest) pairs) = (
            List(file.Field("images")),
            List(file.Field("captions")),
            List(file.Field("pairs"))
        );
        return new EmbeddingStoreInfo
        {
            ClipName = clip.Field("name").String(),
            ClipFingerprint = clip.Field("fingerprint").String(),
            Precision = file.Field("precision").OneOf(Names<ClipPrecision>()),
            Preprocessing = file.Field("preprocessing").String(),
            Transparency = file.Field("transparency").OneOf(Names<Transparency>()),
            // Before it was written, it was ignored.
            Orientation = file.Optional("orientation")?.OneOf(Names<PictureOrientation>()) ?? PictureOrientation.Ignored,
            Tokenizer = file.Field("tokenizer").OneOf(Names<TokenizerFlavor>()),
            Type = file.Field("dtype").OneOf(EmbeddingStoreInfo.Types),
            ImageTokens = file.Field("imageTokens").Whole(1),
            TextTokens = file.Field("textTokens").Whole(1),
            Dimension = file.Field("dimension").Whole(1),
            Images = images.Count,
            ImageList = images.Digest,
            ImageContent = file.Field("images").Optional("content")?.String(),
            Captions = captions.Count,
            CaptionList = captions.Digest,
            CaptionContent = file.Field("captions").Optional("content")?.String(),
            Pairs = pairs.Count,
            PairList = pairs.Digest,
            Version = file.Field("dcsm").String(),
        };
    }

    /// <summary>What two descriptions differ in, in words; null where they describe the same.</summary>
    public static string? Difference(EmbeddingStoreInfo there, EmbeddingStoreInfo asked)
    {
        if (DifferenceOfKind(there, asked) is { } difference)
            return difference;
        if (there.ImageList != asked.ImageList)
            return there.Images != asked.Images ? $"{there.Images} pictures, not {asked.Images}" : "other pictures, or in another order";
        if (there.CaptionList != asked.CaptionList)
        {
            return there.Captions != asked.Captions
                ? $"{there.Captions} captions, not {asked.Captions}"
                : "other captions, or in another order";
        }

        return there.PairList != asked.PairList ? "other pairs" : null;
    }

    /// <summary>As above, whatever pictures and captions they are of.</summary>
    public static string? DifferenceOfKind(EmbeddingStoreInfo there, EmbeddingStoreInfo asked)
    {
        (string What, string There, string Asked)[] fields =
        [
            ("a CLIP of fingerprint", there.ClipFingerprint, asked.ClipFingerprint),
            ("an image tower computed in", Name(there.Precision), Name(asked.Precision)),
            ("pictures prepared by", there.Preprocessing, asked.Preprocessing),
            ("transparency", Name(there.Transparency), Name(asked.Transparency)),
            ("orientation", Name(there.Orientation), Name(asked.Orientation)),
            ("the tokenizer", Name(there.Tokenizer), Name(asked.Tokenizer)),
            ("dtype", Name(there.Type), Name(asked.Type)),
            ("text tokens", $"{there.TextTokens}", $"{asked.TextTokens}"),
        ];
        foreach ((string? what, string? before, string? now) in fields)
        {
            if (before != now)
                return $"{what} {before}, not {now}";
        }

        return null;
    }

    public static string Name(TensorType type) => EmbeddingStoreInfo.Types.First(known => known.Type == type).Name;

    public static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static void WriteList(Utf8JsonWriter json, string name, int count, string digest, string? content = null)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", count);
        json.WriteString("list", digest);
        if (content is not null)
            json.WriteString("content", content);
        json.WriteEndObject();
    }

    private static (int Count, string Digest) List(JsonField list) => (list.Field("count").Whole(0), list.Field("list").String());

    private static (string Name, T Value)[] Names<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => (Name(value), value))];
}
