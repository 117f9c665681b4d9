using System.Buffers;
using System.Text.Encodings.Web;
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
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions
                {
                    Indented = true,
                    NewLine = "\n",
                    Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
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
            json.WriteString("tokenizer", Name(info.Tokenizer));
            json.WriteString("dtype", Name(info.Type));
            json.WriteNumber("imageTokens", info.ImageTokens);
            json.WriteNumber("textTokens", info.TextTokens);
            json.WriteNumber("dimension", info.Dimension);
            WriteList(json, "images", info.Images, info.ImageList);
            WriteList(json, "captions", info.Captions, info.CaptionList);
            WriteList(json, "pairs", info.Pairs, info.PairList);
            json.WriteString("dcsm", info.Version);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    public static EmbeddingStoreInfo Parse(ReadOnlyMemory<byte> utf8, string path)
    {
        var file = JsonFile.Parse(utf8, path);
        if (file.Text("format") is not Format)
            throw file.Wrong($"format is not '{Format}'; this is no description of embeddings.");
        if (file.Positive("version", 0) is var version && version != Version)
            throw file.Wrong($"version is {version}; this program reads version {Version}.");
        JsonFile clip = file.Object("clip") ?? throw file.Wrong("clip is missing.");
        ((int Count, string Digest) images, (int Count, string Digest) captions, (int Count, string Digest) pairs) = (
            List(file, "images"),
            List(file, "captions"),
            List(file, "pairs")
        );
        return new EmbeddingStoreInfo
        {
            ClipName = Text(clip, "name"),
            ClipFingerprint = Text(clip, "fingerprint"),
            Precision = OneOf<ClipPrecision>(file, "precision"),
            Preprocessing = Text(file, "preprocessing"),
            Transparency = OneOf<Transparency>(file, "transparency"),
            Tokenizer = OneOf<TokenizerFlavor>(file, "tokenizer"),
            Type = Text(file, "dtype") switch
            {
                "float32" => TensorType.F32,
                "float16" => TensorType.F16,
                var other => throw file.Wrong($"dtype is '{other}'; known are 'float32' and 'float16'."),
            },
            ImageTokens = Size(file, "imageTokens"),
            TextTokens = Size(file, "textTokens"),
            Dimension = Size(file, "dimension"),
            Images = images.Count,
            ImageList = images.Digest,
            Captions = captions.Count,
            CaptionList = captions.Digest,
            Pairs = pairs.Count,
            PairList = pairs.Digest,
            Version = Text(file, "dcsm"),
        };
    }

    /// <summary>What two descriptions differ in, in words; null where they describe the same.</summary>
    public static string? Difference(EmbeddingStoreInfo there, EmbeddingStoreInfo asked)
    {
        (string What, string There, string Asked)[] fields =
        [
            ("a CLIP of fingerprint", there.ClipFingerprint, asked.ClipFingerprint),
            ("an image tower computed in", Name(there.Precision), Name(asked.Precision)),
            ("pictures prepared by", there.Preprocessing, asked.Preprocessing),
            ("transparency", Name(there.Transparency), Name(asked.Transparency)),
            ("the tokenizer", Name(there.Tokenizer), Name(asked.Tokenizer)),
            ("dtype", Name(there.Type), Name(asked.Type)),
            ("text tokens", $"{there.TextTokens}", $"{asked.TextTokens}"),
        ];
        foreach ((string? what, string? before, string? now) in fields)
        {
            if (before != now)
                return $"{what} {before}, not {now}";
        }
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

    public static string Name(TensorType type) => type == TensorType.F16 ? "float16" : "float32";

    public static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static void WriteList(Utf8JsonWriter json, string name, int count, string digest)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", count);
        json.WriteString("list", digest);
        json.WriteEndObject();
    }

    private static (int Count, string Digest) List(JsonFile file, string name)
    {
        JsonFile list = file.Object(name) ?? throw file.Wrong($"{name} is missing.");
        int count = list.NotNegative("count", -1);
        return count >= 0 ? (count, Text(list, "list")) : throw file.Wrong($"{name}.count is missing.");
    }

    private static string Text(JsonFile file, string key) => file.Text(key) ?? throw file.Wrong($"{key} is missing.");

    private static int Size(JsonFile file, string key)
    {
        int size = file.Positive(key, 0);
        return size > 0 ? size : throw file.Wrong($"{key} is missing.");
    }

    private static T OneOf<T>(JsonFile file, string key)
        where T : struct, Enum
    {
        string text = Text(file, key);
        foreach (T value in Enum.GetValues<T>())
        {
            if (Name(value) == text)
                return value;
        }
        throw file.Wrong($"{key} is '{text}'; known are {string.Join(", ", Enum.GetValues<T>().Select(value => $"'{Name(value)}'"))}.");
    }
}
