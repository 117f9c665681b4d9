using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;
using Dcsm.Testing;

namespace Dcsm.Conformance.Groups;

/// <summary>Embeddings, cosines and probabilities of dual encoders beside CLIP: SigLIP, BLIP, CoCa.</summary>
/// <remarks>
/// Tokens are given as the layers before the heads leave them; the heads are applied to each here in plain arithmetic. What BLIP's features
/// before their projections would give as cosines, and CoCa's captions, are not compared: this toolkit does neither.
/// </remarks>
internal static class BaselineGoldens
{
    private const double UnitTolerance = 1e-5,
        Tolerance = 1e-4;

    public static IEnumerable<GoldenCheck> Verify(string folder) =>
        Directory
            .EnumerateDirectories(folder)
            .Order(StringComparer.Ordinal)
            .SelectMany(directory => GoldenCheck.Guarded(GoldenJson.Name(directory), Stored(GoldenJson.Name(directory), directory)));

    private static IEnumerable<GoldenCheck> Stored(string name, string directory)
    {
        using var model = ClipModel.Load(directory);
        using var inputs = SafetensorsFile.Open(Path.Combine(directory, "inputs.safetensors"));
        using var expected = SafetensorsFile.Open(Path.Combine(directory, "expected.safetensors"));
        string pixels = inputs.Contains("pixel_values") ? "pixel_values" : "image";
        TokenizedText[] texts = Texts(inputs);
        ImageEncoding image = model.EncodePixels(inputs.ReadFloat32(pixels), inputs.Get(pixels).Shape[0]);
        TextEncoding text = model.EncodeTokens(texts);
        float[] cosines = ClipGoldens.Map(image.Pooled, text.Pooled);
        (string Tensor, Func<float[]> Values, double Tolerance)[] comparisons =
        [
            ("image_embeds", () => image.Pooled.Values.ToArray(), UnitTolerance),
            ("text_embeds", () => text.Pooled.Values.ToArray(), UnitTolerance),
            ("itc", () => cosines, UnitTolerance),
            ("logits_per_image", () => [.. cosines.Select(c => (float)((model.LogitScale * c) + (model.LogitBias ?? 0)))], Tolerance),
            ("probabilities", () => [.. cosines.Select(c => (float)model.Probability(c))], UnitTolerance),
        ];
        foreach ((string tensor, Func<float[]> values, double tolerance) in comparisons.Where(one => expected.Contains(one.Tensor)))
            yield return GoldenCheck.Values(name, tensor, expected.ReadFloat32(tensor), values(), tolerance);

        using var weights = SafetensorsFile.Open(Directory.EnumerateFiles(directory, "*model.safetensors").Single());
        (Func<double[], double[]>? imageHead, Func<double[], double[]>? textHead) = Heads(model.Config, new PlainLayers(weights));
        if (imageHead is not null)
            yield return Tokens(name, "image_tokens", expected, imageHead, image.Tokens);
        if (textHead is not null)
            yield return Tokens(name, "text_tokens", expected, textHead, text.Tokens);
        if (model.Matcher is { } matcher)
        {
            using var asTransformers = ClipModel.Load(directory, new ClipOptions { BlipAsTransformers = true });
            TokenEmbeddings features = matcher.EncodePixels(inputs.ReadFloat32(pixels), image.Tokens.Count);
            float[] logits = asTransformers.Matcher!.Logits(features, texts);
            yield return GoldenCheck.Values(name, "itm_logits", expected.ReadFloat32("itm_logits"), logits, Tolerance);
            yield return GoldenCheck.Values(
                name,
                "itm_probability",
                expected.ReadFloat32("itm_probability"),
                [.. logits.Chunk(2).Select(pair => 1 / (1 + MathF.Exp(pair[0] - pair[1])))],
                UnitTolerance
            );
            // The last id of the vocabulary is [ENC].
            TokenizedText[] encoded =
            [
                .. texts.Select(one => one with { Ids = [model.Config.Text.VocabularySize - 1, .. one.Ids.Skip(1)] }),
            ];
            yield return GoldenCheck.Values(
                name,
                "ITM from [ENC] (LAVIS): the same network on ids that begin with it",
                asTransformers.Matcher!.Logits(features, encoded),
                matcher.Logits(features, texts),
                0
            );
        }
    }

    private static GoldenCheck Tokens(
        string name,
        string tensor,
        SafetensorsFile expected,
        Func<double[], double[]> head,
        TokenEmbeddings actual
    )
    {
        IReadOnlyList<int> shape = expected.Get(tensor).Shape;
        // Without a class token, the pooled embedding stands before the patches'.
        int before = actual.Tokens - shape[1];
        float[] own = [.. Enumerable.Range(0, actual.Count).SelectMany(item => actual[item][(before * actual.Dimension)..].ToArray())];
        return GoldenCheck.Values(
            name,
            $"{tensor}, through the head",
            PlainLayers.Each(expected.ReadFloat32(tensor), shape[2], head),
            own,
            UnitTolerance
        );
    }

    private static (Func<double[], double[]>? Image, Func<double[], double[]>? Text) Heads(ClipConfig config, PlainLayers layers) =>
        config.Architecture switch
        {
            "siglip" => (x => SigLipHead(x, config, layers), x => layers.Linear(x, "text_model.head")),
            "blip_retrieval" => (x => layers.Linear(x, "vision_proj"), x => layers.Linear(x, "text_proj")),
            "blip" => (
                x =>
                    layers.Linear(
                        layers.Norm(x, "vision_model.post_layernorm", config.Vision.LayerNormEpsilon),
                        "visual_projection.weight",
                        null
                    ),
                x => layers.Linear([.. layers.Linear(x, "text_model.pooler.dense").Select(Math.Tanh)], "text_projection.weight", null)
            ),
            "coca" => (null, x => layers.Times(layers.Norm(x, "text.ln_final", config.Text.LayerNormEpsilon), "text.text_projection")),
            _ => (null, null),
        };

    // Attention to one token alone is its value.
    private static double[] SigLipHead(double[] x, ClipConfig config, PlainLayers layers)
    {
        const string Head = "vision_model.head";
        double[] value = layers.Linear(x, $"{Head}.attention.in_proj_weight", $"{Head}.attention.in_proj_bias", 2 * x.Length, x.Length);
        double[] seen = layers.Linear(value, $"{Head}.attention.out_proj");
        double[] hidden = layers.Linear(layers.Norm(seen, $"{Head}.layernorm", config.Vision.LayerNormEpsilon), $"{Head}.mlp.fc1");
        return PlainLayers.Sum(seen, layers.Linear(PlainLayers.TanhGelu(hidden), $"{Head}.mlp.fc2"));
    }

    private static TokenizedText[] Texts(SafetensorsFile inputs)
    {
        string tensor = inputs.Contains("input_ids") ? "input_ids" : "text";
        int length = inputs.Get(tensor).Shape[1];
        int[][] ids = [.. GoldenJson.Integers(inputs, tensor).Chunk(length)];
        int[][]? masks = inputs.Contains("attention_mask") ? [.. GoldenJson.Integers(inputs, "attention_mask").Chunk(length)] : null;
        return [.. ids.Select((one, i) => new TokenizedText("", one, new TextRange[length], masks?[i].Sum() ?? length, false))];
    }
}
