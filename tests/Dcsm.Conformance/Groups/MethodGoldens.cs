using System.Globalization;
using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.IO.Safetensors;
using Dcsm.Maps;
using Dcsm.Testing;

namespace Dcsm.Conformance.Groups;

/// <summary>The official DCSM: head, placement of rows, maps, and the whole chain from photo to score.</summary>
internal static class MethodGoldens
{
    private const int UsualTextTokens = 30;

    private static readonly (string Variant, RowPlacement Placement)[] Variants =
    [
        ("train", RowPlacement.Official),
        ("run_evals", RowPlacement.Official),
        ("eval_simple", RowPlacement.OfficialNotebook),
    ];

    public static IEnumerable<GoldenCheck> Verify(string folder) =>
        GoldenCheck
            .Guarded("official-dcsm/head_*", Head(folder))
            .Concat(GoldenCheck.Guarded("official-dcsm/placement.json", Placement(folder)))
            .Concat(GoldenCheck.Guarded("official-dcsm/maps.json", Maps(folder)));

    private static IEnumerable<GoldenCheck> Head(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "head_formula.json")))
            yield break;
        using var inputs = SafetensorsFile.Open(Path.Combine(folder, "head_inputs.safetensors"));
        using var expected = SafetensorsFile.Open(Path.Combine(folder, "head_expected.safetensors"));
        IReadOnlyList<int> shape = inputs.Get("maps").Shape;
        DcsmHead head = FormulaHead(folder, shape[^2], shape[^1], FunctionalWordList.Official, rows: null);
        float[] maps = inputs.ReadFloat32("maps");
        float[] scores = new float[maps.Length / (shape[^2] * shape[^1])];
        head.Score(maps, scores);
        yield return GoldenCheck.Values("official-dcsm/head_*", "scores of maps", expected.ReadFloat32("scores"), scores, 1e-5);
    }

    private static IEnumerable<GoldenCheck> Placement(string folder)
    {
        string path = Path.Combine(folder, "placement.json");
        if (!File.Exists(path))
            yield break;
        JsonElement[] captions = [.. GoldenJson.Read(path).EnumerateArray()];
        foreach ((string? variant, RowPlacement placement) in Variants)
        {
            string[] differing =
            [
                .. captions
                    .Where(caption =>
                    {
                        // Beyond the map's columns the official program fails; up to there it is the same.
                        string[] all = [.. caption.GetProperty(variant).GetProperty("columns").EnumerateArray().Select(Shown)];
                        int columns = Columns(caption);
                        ColumnLayout layout = Layout(
                            caption.GetProperty("text").GetString()!,
                            columns,
                            placement,
                            FunctionalWordList.Official
                        );
                        return !layout
                            .Rows.ToArray()
                            .Zip(
                                layout.Tokens.ToArray(),
                                (row, token) =>
                                    row < 0 ? token.ToString(CultureInfo.InvariantCulture) : FunctionalWordList.Official.Words[row]
                            )
                            .SequenceEqual(all.Take(columns));
                    })
                    .Select(caption => caption.GetProperty("text").GetString()!),
            ];
            yield return new GoldenCheck(
                "official-dcsm/placement.json",
                string.Create(CultureInfo.InvariantCulture, $"columns of {captions.Length} captions, {variant}"),
                differing.Length,
                0,
                differing.Length == 0 ? null : $"first: {JsonSerializer.Serialize(differing[0])}"
            );
        }
    }

    // The train way neither adds nor cuts columns unless a word lies beyond them, so the shortest of the three is the map's width.
    private static int Columns(JsonElement caption) =>
        Variants.Min(variant => caption.GetProperty(variant.Variant).GetProperty("columns").GetArrayLength());

    private static string Shown(JsonElement column) => column.ValueKind == JsonValueKind.String ? column.GetString()! : column.GetRawText();

    private static IEnumerable<GoldenCheck> Maps(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "maps.json")))
            yield break;
        JsonElement root = GoldenJson.Read(folder, "maps.json");
        FunctionalWordList words = Words(root);
        foreach (JsonProperty set in root.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object))
        {
            using var inputs = SafetensorsFile.Open(Path.Combine(folder, set.Name + "_inputs.safetensors"));
            using var expected = SafetensorsFile.Open(Path.Combine(folder, set.Name + "_expected.safetensors"));
            string name = $"official-dcsm/{set.Name}_*";
            yield return GoldenCheck.Values(
                name,
                "plain map",
                expected.ReadFloat32("plain_map"),
                ClipGoldens.Map(Tokens(inputs, "image_tokens"), Tokens(inputs, "text_tokens")),
                1e-5
            );
            string[] captions = [.. set.Value.GetProperty("captions").EnumerateArray().Select(caption => caption.GetString()!)];
            IReadOnlyList<int> shape = expected.Get("plain_map").Shape;
            foreach ((string? variant, RowPlacement placement) in Variants.Where(v => expected.Contains(v.Variant + ".before")))
            {
                float[] maps = expected.ReadFloat32("plain_map");
                PlaceRows(maps, captions, shape[2], shape[3], placement, inputs.ReadFloat32("functional_rows"), words);
                yield return GoldenCheck.Values(name, variant + ", rows placed", expected.ReadFloat32(variant + ".before"), maps, 1e-5);
                DenseMap.Standardize(maps);
                yield return GoldenCheck.Values(name, variant + ", standardised", expected.ReadFloat32(variant + ".after"), maps, 1e-5);
            }
        }
    }

    /// <summary>From photo to score, on the models of the groups beside it.</summary>
    public static IEnumerable<GoldenCheck> VerifyEndToEnd(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "end_to_end.json")))
            yield break;
        string goldens = Path.GetDirectoryName(Path.GetFullPath(folder))!;
        using var expected = SafetensorsFile.Open(Path.Combine(folder, "end_to_end.safetensors"));
        using var rowsFile = SafetensorsFile.Open(Path.Combine(folder, "functional_rows.safetensors"));
        float[] rows = rowsFile.ReadFloat32("functional_rows");
        JsonElement root = GoldenJson.Read(folder, "end_to_end.json");
        JsonElement[] cases = [.. root.GetProperty("cases").EnumerateArray()];
        string models = Path.Combine(goldens, "clip-full");
        if (!Directory.Exists(models))
        {
            yield return GoldenCheck.Failed(
                "official-dcsm/end_to_end.*",
                "photo to score",
                1e-4,
                "needs the groups clip-full, preprocess and tokenizer beside it"
            );
            yield break;
        }

        foreach (string? directory in Directory.EnumerateDirectories(models).Order(StringComparer.Ordinal))
        {
            var config = ClipConfig.Load(directory);
            string cosine = string.Create(CultureInfo.InvariantCulture, $"cosine.patch{config.Vision.PatchSize}");
            if (!expected.Contains("image0." + cosine))
                continue;
            using var weights = FormulaClip.Write(directory, Path.Combine(goldens, "tokenizer"));
            using var model = ClipModel.Load(weights.Directory, ClipOptions.Official);
            for (int i = 0; i < cases.Length; i++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"official-dcsm/end_to_end, image {i}");
                string[] captions = [.. cases[i].GetProperty("captions").EnumerateArray().Select(caption => caption.GetString()!)];
                ImageEncoding image = model.EncodePixels(ClipGoldens.Pixels(folder, cases[i].GetProperty("pixel_values")), 1);
                bool isOfHead = rowsFile.Get("functional_rows").Shape[1] == model.ImageTokens;
                TextEncoding text = model.EncodeTexts(captions, isOfHead ? TextTokens(folder, model.ImageTokens) : UsualTextTokens);
                yield return GoldenCheck.Values(
                    name,
                    cosine,
                    expected.ReadFloat32($"image{i}.{cosine}"),
                    ClipGoldens.Map(image.Pooled, text.Pooled),
                    1e-5
                );
                if (!isOfHead)
                    continue;
                foreach (
                    (string? variant, RowPlacement placement) in Variants.Where(v => expected.Contains($"image{i}.{v.Variant}.scores"))
                )
                {
                    foreach (
                        GoldenCheck check in Scores(
                            name,
                            variant,
                            placement,
                            expected,
                            $"image{i}.{variant}.",
                            folder,
                            rows,
                            Words(root),
                            image,
                            text,
                            captions
                        )
                    )
                    {
                        yield return check;
                    }
                }
            }
        }
    }

    private static IEnumerable<GoldenCheck> Scores(
        string name,
        string variant,
        RowPlacement placement,
        SafetensorsFile expected,
        string prefix,
        string folder,
        float[] rows,
        FunctionalWordList words,
        ImageEncoding image,
        TextEncoding text,
        string[] captions
    )
    {
        (int imageTokens, int textTokens) = (image.Tokens.Tokens, text.Tokens.Tokens);
        DcsmHead head = FormulaHead(folder, imageTokens, textTokens, words, rows);
        float[] maps = ClipGoldens.Map(image.Tokens, text.Tokens);
        PlaceRows(maps, captions, imageTokens, textTokens, placement, rows, words);
        (double mean, double deviation) = Statistics(maps);
        yield return GoldenCheck.Values(
            name,
            variant + ", mean of the maps",
            expected.ReadFloat32(prefix + "map_mean"),
            [(float)mean],
            1e-5
        );
        yield return GoldenCheck.Values(
            name,
            variant + ", deviation of the maps",
            expected.ReadFloat32(prefix + "map_std"),
            [(float)deviation],
            1e-5
        );

        float[] together = (float[])maps.Clone();
        DenseMap.Standardize(together);
        float[] scores = new float[captions.Length];
        head.Score(together, scores);
        yield return GoldenCheck.Values(name, variant + ", scores", expected.ReadFloat32(prefix + "scores"), scores, 1e-4);

        int length = imageTokens * textTokens;
        for (int caption = 0; caption < captions.Length; caption++)
            DenseMap.Standardize(maps.AsSpan(caption * length, length));
        head.Score(maps, scores);
        yield return GoldenCheck.Values(
            name,
            variant + ", scores of each caption alone",
            expected.ReadFloat32(prefix + "scores_each_caption_alone"),
            scores,
            1e-4
        );
    }

    private static (double Mean, double Deviation) Statistics(float[] values)
    {
        double mean = values.Average(value => (double)value);
        return (mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)));
    }

    private static void PlaceRows(
        float[] maps,
        string[] captions,
        int imageTokens,
        int textTokens,
        RowPlacement placement,
        float[] rows,
        FunctionalWordList words
    )
    {
        int length = imageTokens * textTokens;
        for (int map = 0; map < maps.Length / length; map++)
        {
            DenseMap.PlaceRows(
                maps.AsSpan(map * length, length),
                Layout(captions[map % captions.Length], textTokens, placement, words),
                rows
            );
        }
    }

    // The official placements look at the words of the text, not at its tokens.
    private static ColumnLayout Layout(string text, int textTokens, RowPlacement placement, FunctionalWordList words) =>
        words.Layout(new TokenizedText(text, new int[textTokens], new TextRange[textTokens], textTokens, false), placement);

    // The list that the goldens name, or else the official one.
    private static FunctionalWordList Words(JsonElement root) =>
        root.TryGetProperty("words", out JsonElement words)
            ? new FunctionalWordList(
                "goldens",
                words.EnumerateArray().Select(word => new FunctionalWord(word.GetString()!, [word.GetString()!]))
            )
            : FunctionalWordList.Official;

    // What the head's first linear layer reads: channels, image tokens, text tokens.
    private static int TextTokens(string folder, int imageTokens)
    {
        var formula = FormulaTensors.Read(Path.Combine(folder, "head_formula.json"));
        return formula.Shape("fc1.weight")[1] / formula.Shape("conv1.weight")[0] / imageTokens;
    }

    // Made unit length, as the official code does before the map.
    private static TokenEmbeddings Tokens(SafetensorsFile file, string name)
    {
        IReadOnlyList<int> shape = file.Get(name).Shape;
        return new TokenEmbeddings(ClipGoldens.Unit(file.ReadFloat32(name), shape[2]), shape[0], shape[1], shape[2]);
    }

    private static DcsmHead FormulaHead(string folder, int imageTokens, int textTokens, FunctionalWordList words, float[]? rows)
    {
        var formula = FormulaTensors.Read(Path.Combine(folder, "head_formula.json"));
        var config = new DcsmConfig
        {
            ClipFingerprint = "sha256:0",
            ImageTokens = imageTokens,
            TextTokens = textTokens,
            Dimension = 1,
            Channels = formula.Shape("conv1.weight")[0],
            Hidden = formula.Shape("fc1.weight")[0],
            Words = words,
        };
        return new DcsmHead(config, formula.Head(rows ?? new float[config.Words.Words.Count * imageTokens]));
    }
}
