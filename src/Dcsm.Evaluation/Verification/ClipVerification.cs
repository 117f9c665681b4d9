using System.Globalization;
using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Json;
using Dcsm.Maps;

namespace Dcsm.Evaluation.Verification;

/// <summary>
/// Checks real weights in place: architecture, tokenizer, preprocessing, finite unit embeddings, and OpenAI's weights by the cosines
/// that the authors of DCSM published for two photos.
/// </summary>
public static class ClipVerification
{
    /// <summary>How far a cosine may be from the published one, which has four decimals.</summary>
    public const double CosineTolerance = 2e-3;

    // Further off than this on average, they are other weights and not the same ones computed wrongly.
    private const double SameWeights = 0.02;
    private const double UnitTolerance = 1e-5;
    private const int TextTokens = 30;
    private const string KnownText = "a photo of a cat.";
    private static readonly int[] KnownIds = [49406, 320, 1125, 539, 320, 2368, 269, 49407];

    // Width, layers, patch, image; text width, layers; joint width (openai/CLIP, and the hub's config.json files).
    private static readonly Dictionary<(int, int, int, int, int, int, int), string> Architectures = new()
    {
        [(768, 12, 32, 224, 512, 12, 512)] = "ViT-B/32",
        [(768, 12, 16, 224, 512, 12, 512)] = "ViT-B/16",
        [(1024, 24, 14, 224, 768, 12, 768)] = "ViT-L/14",
        [(1024, 24, 14, 336, 768, 12, 768)] = "ViT-L/14@336",
        [(1280, 32, 14, 224, 1024, 24, 1024)] = "ViT-H/14",
    };

    /// <summary>Checks a CLIP.</summary>
    /// <param name="model">The CLIP. That every tensor is there and of the right shape was checked when it was opened.</param>
    /// <param name="photos">The folder with <c>published.json</c> and its photos, <c>data/verify</c>.</param>
    /// <exception cref="FileNotFoundException">A photo or <c>published.json</c> is missing.</exception>
    public static IEnumerable<VerificationLine> Run(ClipModel model, string photos)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(photos);
        return Lines(model, photos);
    }

    private static IEnumerable<VerificationLine> Lines(ClipModel model, string photos)
    {
        (ClipVisionConfig? vision, ClipTextConfig? text) = (model.Config.Vision, model.Config.Text);
        string? name = Architectures.GetValueOrDefault(
            (vision.HiddenSize, vision.Layers, vision.PatchSize, vision.ImageSize, text.HiddenSize, text.Layers, model.Dimension)
        );
        yield return new(
            "architecture",
            name is null ? null : true,
            (name ?? "none of OpenAI's")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $": {vision.Layers} layers of width {vision.HiddenSize}, patches of {vision.PatchSize} in "
                        + $"{vision.ImageSize} pixels; text of {text.Layers} layers of width {text.HiddenSize}; joint width "
                        + $"{model.Dimension}"
                )
        );
        yield return new("tensors", true, "all there, of the shapes that config.json asks for");
        VerificationLine tokenizer = Tokenizer(model, out bool reads);
        yield return tokenizer;
        yield return Preprocessing(model.Preprocessor);

        var published = JsonField.Load(Path.Combine(photos, "published.json"));
        (double worst, List<double>? differences, int atClsAndEnd, int maps) = (0.0, new List<double>(), 0, 0);
        foreach (JsonField photo in published.Field("photos").List())
        {
            string[] captions = [.. photo.Field("captions").Texts()];
            ImageEncoding image = model.EncodeImages([Path.Combine(photos, photo.Field("file").Text())]);
            worst = Math.Max(worst, FromUnit(image.Tokens));
            if (!reads)
                continue;
            TextEncoding texts = model.EncodeTexts(captions, Math.Min(TextTokens, model.Config.Text.ContextLength));
            worst = Math.Max(worst, FromUnit(texts.Tokens));
            if (name is not null && photo.Field("cosines").Optional(name) is { } cosines)
            {
                differences.AddRange(
                    cosines.List().Select((cosine, i) => Math.Abs(cosine.Number() - TensorPrimitives.Dot(image.Pooled[0], texts.Pooled[i])))
                );
            }

            maps += captions.Length;
            atClsAndEnd += Enumerable.Range(0, captions.Length).Count(i => IsHighestAtClsAndEnd(image, texts, i));
        }

        yield return new(
            "embeddings",
            worst <= UnitTolerance,
            string.Create(CultureInfo.InvariantCulture, $"{(reads ? "" : "of images only, ")}lengths are 1 but for {worst:0.0e-0}")
        );
        if (!reads)
            yield break;
        yield return Cosines(name, differences);
        yield return new("dense maps", null, $"the highest cosine is at CLS and the end token in {atClsAndEnd} of {maps}");
    }

    private static VerificationLine Tokenizer(ClipModel model, out bool reads)
    {
        TextTokenizer tokenizer;
        try
        {
            tokenizer = model.Tokenizer;
        }
        catch (FileNotFoundException e)
        {
            reads = false;
            return new("tokenizer", false, e.Message);
        }
        reads = true;
        if (tokenizer.VocabularySize != 49408)
            return new("tokenizer", null, $"a vocabulary of its own, {tokenizer.VocabularySize} tokens");
        int[] ids = tokenizer.Encode(KnownText);
        return new("tokenizer", ids.SequenceEqual(KnownIds), $"\"{KnownText}\" is {string.Join(' ', ids)}");
    }

    private static VerificationLine Preprocessing(ClipPreprocessor preprocessor)
    {
        var usual = new ClipPreprocessor(preprocessor.ImageSize);
        bool same = Near(preprocessor.Mean, usual.Mean) && Near(preprocessor.Std, usual.Std);
        return new(
            "preprocessing",
            same ? true : null,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{preprocessor.ImageSize} × {preprocessor.ImageSize} pixels, {(same ? "CLIP's" : "another")} mean and deviation"
            )
        );
    }

    private static VerificationLine Cosines(string? name, List<double> differences)
    {
        if (differences.Count == 0)
            return new("published cosines", null, "none for this architecture");
        (double most, double mean) = (differences.Max(), differences.Average());
        return mean > SameWeights
            ? new(
                "published cosines",
                null,
                string.Create(CultureInfo.InvariantCulture, $"these are not OpenAI's weights of {name}: {mean:0.000} off on average")
            )
            : new(
                "published cosines",
                most <= CosineTolerance,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{differences.Count} cosines of OpenAI's {name} within {most:0.0000} (at most {CosineTolerance})"
                )
            );
    }

    private static bool Near(IReadOnlyList<float> a, IReadOnlyList<float> b) =>
        a.Zip(b).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6);

    // Not a number counts as far off.
    private static double FromUnit(TokenEmbeddings tokens)
    {
        double worst = 0.0;
        for (int start = 0; start < tokens.Values.Length; start += tokens.Dimension)
        {
            float off = Math.Abs(1 - TensorPrimitives.Norm(tokens.Values.Slice(start, tokens.Dimension)));
            if (!(off <= worst))
                worst = double.IsNaN(off) ? double.PositiveInfinity : off;
        }
        return worst;
    }

    private static bool IsHighestAtClsAndEnd(ImageEncoding image, TextEncoding texts, int caption)
    {
        (int rows, int columns) = (image.Tokens.Tokens, texts.Tokens.Tokens);
        float[] map = new float[rows * columns];
        DenseMap.Compute(image.Tokens[0], texts.Tokens[caption], image.Tokens.Dimension, map);
        int end = texts.Texts[caption].Length - 1;
        // Columns of padding repeat the end token.
        (float highest, int at) = (float.NegativeInfinity, -1);
        for (int i = 0; i < map.Length; i++)
        {
            if (i % columns <= end && map[i] > highest)
                (highest, at) = (map[i], i);
        }
        return at == end;
    }
}
