using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dcsm.Clip.Tokenization;
using Dcsm.Testing;

namespace Dcsm.Conformance.Groups;

/// <summary>Token ids of texts, in the three flavors. A text differs if any id does.</summary>
internal static class TokenizerGoldens
{
    private const int Context = 77;

    // Texts are shown as they are; only what can't be seen is escaped.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<GoldenCheck> Verify(string folder)
    {
        string tokens = Path.Combine(folder, "tokens.jsonl");
        Dictionary<string, int[]> uncut = [];
        if (File.Exists(tokens))
        {
            JsonElement[] texts = [.. GoldenJson.Lines(tokens)];
            var current = ClipTokenizer.Load(folder);
            yield return Compare(
                "tokenizer/tokens.jsonl",
                "ids of transformers 5",
                texts,
                text => GoldenJson.Integers(text.GetProperty("hf_ids")),
                current.Encode
            );
            JsonElement[] cut = [.. texts.Where(text => text.TryGetProperty("hf_ids_77", out _))];
            if (cut.Length > 0)
            {
                yield return Compare(
                    "tokenizer/tokens.jsonl",
                    "the same, cut",
                    cut,
                    text => GoldenJson.Integers(text.GetProperty("hf_ids_77")),
                    text => Cut(current, text)
                );
            }

            var openAi = ClipTokenizer.Load(folder, TokenizerFlavor.OpenAi);
            yield return Compare(
                "tokenizer/tokens.jsonl",
                "ids of openai/CLIP",
                texts,
                text => GoldenJson.Integers(text.GetProperty("openai_ids")),
                text => Cut(openAi, text),
                allowMojibake: true
            );
            foreach (JsonElement text in texts)
            {
                uncut[text.GetProperty("text").GetString()!] = GoldenJson.Integers(
                    text.TryGetProperty("hf_ids_77", out JsonElement ids) ? ids : text.GetProperty("hf_ids")
                );
            }
        }

        foreach (string? path in Directory.EnumerateFiles(folder, "tokens_transformers_4*.jsonl").Order(StringComparer.Ordinal))
        {
            JsonElement[] texts = [.. GoldenJson.Lines(path)];
            var older = ClipTokenizer.Load(folder, TokenizerFlavor.Transformers4);
            yield return Compare(
                GoldenJson.Name(path),
                "ids of transformers 4",
                texts,
                text => GoldenJson.Integers(text.GetProperty("ids_77")),
                text => Cut(older, text),
                allowMojibake: true
            );
            string[] others = uncut.Keys.Except(texts.Select(text => text.GetProperty("text").GetString()!)).ToArray();
            string[] differing = others.Where(text => !Cut(older, text).SequenceEqual(uncut[text])).ToArray();
            yield return new GoldenCheck(
                GoldenJson.Name(path),
                string.Create(CultureInfo.InvariantCulture, $"the {others.Length} texts that are the same in both"),
                differing.Length,
                0,
                First(differing)
            );
        }

        foreach (string path in Directory.EnumerateFiles(folder, "padded*.jsonl").Order(StringComparer.Ordinal))
            yield return Padded(path, ClipTokenizer.Load(folder));
    }

    private static GoldenCheck Padded(string path, ClipTokenizer tokenizer)
    {
        JsonElement[] texts = [.. GoldenJson.Lines(path)];
        List<string> differing = [];
        foreach (JsonElement golden in texts)
        {
            string text = golden.GetProperty("text").GetString()!;
            int[] ids = GoldenJson.Integers(golden.GetProperty("input_ids"));
            TokenizedText tokenized = tokenizer.Tokenize(text, ids.Length);
            IEnumerable<int> mask = Enumerable.Range(0, ids.Length).Select(i => i < tokenized.Length ? 1 : 0);
            if (!tokenized.Ids.SequenceEqual(ids) || !mask.SequenceEqual(GoldenJson.Integers(golden.GetProperty("attention_mask"))))
                differing.Add(text);
        }

        return new GoldenCheck(
            GoldenJson.Name(path),
            string.Create(CultureInfo.InvariantCulture, $"ids and mask of {texts.Length} padded texts"),
            differing.Count,
            0,
            First(differing)
        );
    }

    private static GoldenCheck Compare(
        string name,
        string compared,
        JsonElement[] texts,
        Func<JsonElement, int[]> expected,
        Func<string, int[]> actual,
        bool allowMojibake = false
    )
    {
        string[] differing =
        [
            .. texts
                .Where(text => !actual(text.GetProperty("text").GetString()!).SequenceEqual(expected(text)))
                .Select(text => text.GetProperty("text").GetString()!),
        ];
        string[] mojibake = allowMojibake ? [.. differing.Where(Mojibake.Is)] : [];
        string[] wrong = [.. differing.Except(mojibake)];
        string? remark = First(wrong);
        if (mojibake.Length > 0)
        {
            string leftOut = string.Join(", ", mojibake.Select(text => JsonSerializer.Serialize(text, Readable)));
            remark = (remark is null ? "" : remark + "; ") + "left out, as mojibake is not repaired: " + leftOut;
        }
        return new GoldenCheck(
            name,
            string.Create(CultureInfo.InvariantCulture, $"{compared}, {texts.Length} texts"),
            wrong.Length,
            0,
            remark
        );
    }

    private static string? First(IReadOnlyCollection<string> differing) =>
        differing.Count == 0 ? null : $"first: {JsonSerializer.Serialize(differing.First(), Readable)}";

    private static int[] Cut(ClipTokenizer tokenizer, string text)
    {
        TokenizedText tokenized = tokenizer.Tokenize(text, Context);
        return [.. tokenized.Ids.Take(tokenized.Length)];
    }
}
