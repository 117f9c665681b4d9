using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;
using Dcsm.Maps;
using Dcsm.Testing;

namespace Dcsm.Conformance.Groups;

/// <summary>Embeddings and plain maps of CLIP directories.</summary>
internal static class ClipGoldens
{
    private const double Tolerance = 1e-5;

    /// <summary>Directories that hold their weights, inputs and expected values.</summary>
    public static IEnumerable<GoldenCheck> VerifyStored(string folder) =>
        Directories(folder)
            .SelectMany(directory => GoldenCheck.Guarded(GoldenJson.Name(directory), Stored(GoldenJson.Name(directory), directory)));

    private static IEnumerable<GoldenCheck> Stored(string name, string directory)
    {
        using var model = ClipModel.Load(directory);
        using var inputs = SafetensorsFile.Open(Path.Combine(directory, "inputs.safetensors"));
        using var expected = SafetensorsFile.Open(Path.Combine(directory, "expected.safetensors"));
        ImageEncoding image = model.EncodePixels(inputs.ReadFloat32("pixel_values"), inputs.Get("pixel_values").Shape[0]);
        TextEncoding text = model.EncodeTokens(Texts(inputs, "input_ids", masked: true));
        foreach (GoldenCheck check in Compare(name, expected, image, text))
            yield return check;
        if (expected.Contains("dcsm_nomask.map"))
        {
            TextEncoding unmasked = model.EncodeTokens(Texts(inputs, "input_ids", masked: false));
            yield return Check(name, expected, "dcsm_nomask.text_tokens", unmasked.Tokens.Values.ToArray());
            yield return Check(name, expected, "dcsm_nomask.map", Map(image.Tokens, unmasked.Tokens));
        }
        if (inputs.Contains("input_ids_77") && expected.Contains("text_77.embeds_raw"))
        {
            TextEncoding whole = model.EncodeTokens(Texts(inputs, "input_ids_77", masked: false));
            yield return GoldenCheck.Values(
                name,
                "text_77.embeds_raw, of unit length",
                Unit(expected.ReadFloat32("text_77.embeds_raw"), model.Dimension),
                whole.Pooled.Values.ToArray(),
                Tolerance
            );
        }
    }

    /// <summary>Full-size architectures, whose weights are written by formula to a temporary folder first.</summary>
    public static IEnumerable<GoldenCheck> VerifyFormula(string folder)
    {
        using var inputs = SafetensorsFile.Open(Path.Combine(folder, "inputs.safetensors"));
        var pixels = GoldenJson
            .Read(folder, "inputs.json")
            .GetProperty("pixel_values")
            .EnumerateArray()
            .Select(image => Pixels(folder, image))
            .ToList();
        TokenizedText[] texts = Texts(inputs, "input_ids", masked: true);
        foreach (string directory in Directories(folder))
        {
            foreach (
                GoldenCheck check in GoldenCheck.Guarded(
                    GoldenJson.Name(directory),
                    Formula(GoldenJson.Name(directory), directory, pixels, texts)
                )
            )
            {
                yield return check;
            }
        }
    }

    private static IEnumerable<GoldenCheck> Formula(string name, string directory, List<float[]> pixels, TokenizedText[] texts)
    {
        using var weights = FormulaClip.Write(directory);
        using var model = ClipModel.Load(weights.Directory);
        using var expected = SafetensorsFile.Open(Path.Combine(directory, "expected.safetensors"));
        ImageEncoding image = model.EncodePixels(pixels.SelectMany(values => values).ToArray(), pixels.Count);
        TextEncoding text = model.EncodeTokens(texts);
        foreach (GoldenCheck check in Compare(name, expected, image, text))
            yield return check;
        if (expected.Contains("cosine"))
            yield return Check(name, expected, "cosine", Map(image.Pooled, text.Pooled));
    }

    /// <summary>Normalized pixels that a file of goldens refers to.</summary>
    public static float[] Pixels(string folder, System.Text.Json.JsonElement reference)
    {
        using var floats = SafetensorsFile.Open(Path.GetFullPath(Path.Combine(folder, reference.GetProperty("file").GetString()!)));
        return floats.ReadFloat32(reference.GetProperty("tensor").GetString()!);
    }

    /// <summary>Cosines of all tokens: [images, captions, image tokens, text tokens].</summary>
    public static float[] Map(TokenEmbeddings images, TokenEmbeddings texts)
    {
        int length = images.Tokens * texts.Tokens;
        float[] maps = new float[images.Count * texts.Count * length];
        for (int image = 0; image < images.Count; image++)
        {
            for (int text = 0; text < texts.Count; text++)
            {
                DenseMap.Compute(
                    images[image],
                    texts[text],
                    images.Dimension,
                    maps.AsSpan(((image * texts.Count) + text) * length, length)
                );
            }
        }
        return maps;
    }

    /// <summary>Vectors of unit length, in place.</summary>
    public static float[] Unit(float[] values, int dimension)
    {
        for (int start = 0; start < values.Length; start += dimension)
        {
            Span<float> vector = values.AsSpan(start, dimension);
            double squares = 0.0;
            foreach (float value in vector)
                squares += (double)value * value;
            foreach (ref float value in vector)
                value = (float)(value / Math.Sqrt(squares));
        }
        return values;
    }

    private static IEnumerable<GoldenCheck> Compare(string name, SafetensorsFile expected, ImageEncoding image, TextEncoding text)
    {
        (string Tensor, Func<float[]> Values)[] comparisons =
        [
            ("image_embeds", () => image.Pooled.Values.ToArray()),
            ("text_embeds", () => text.Pooled.Values.ToArray()),
            ("dcsm.image_tokens", () => image.Tokens.Values.ToArray()),
            ("dcsm.text_tokens", () => text.Tokens.Values.ToArray()),
            ("dcsm.map", () => Map(image.Tokens, text.Tokens)),
        ];
        foreach ((string? tensor, Func<float[]>? values) in comparisons.Where(comparison => expected.Contains(comparison.Tensor)))
            yield return Check(name, expected, tensor, values());
    }

    private static GoldenCheck Check(string name, SafetensorsFile expected, string tensor, float[] actual) =>
        GoldenCheck.Values(name, tensor, expected.ReadFloat32(tensor), actual, Tolerance);

    private static TokenizedText[] Texts(SafetensorsFile inputs, string tensor, bool masked)
    {
        (int count, int length) = (inputs.Get(tensor).Shape[0], inputs.Get(tensor).Shape[1]);
        int[] ids = GoldenJson.Integers(inputs, tensor);
        int[]? mask = masked ? GoldenJson.Integers(inputs, "attention_mask") : null;
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new TokenizedText(
                    "",
                    ids[(i * length)..((i + 1) * length)],
                    new TextRange[length],
                    mask is null ? length : mask.AsSpan(i * length, length).ToArray().Sum(),
                    false
                )),
        ];
    }

    private static IEnumerable<string> Directories(string folder) =>
        Directory
            .EnumerateDirectories(folder)
            .Where(directory => File.Exists(Path.Combine(directory, "config.json")))
            .Order(StringComparer.Ordinal);
}
