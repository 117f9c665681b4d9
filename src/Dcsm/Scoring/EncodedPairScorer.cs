using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;
using Dcsm.Scoring.Engines;

namespace Dcsm.Scoring;

/// <summary>Scores encodings with a head: layouts, standardization by the head's rule, and a check of the results.</summary>
internal sealed class EncodedPairScorer(DcsmHead head, IScoreEngine engine, int threads, CancellationToken cancellationToken)
{
    private readonly ParallelOptions _parallel = new()
    {
        MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads,
        CancellationToken = cancellationToken,
    };

    private bool Together => head.Config.Standardization == MapStandardization.WholeBatch;

    internal float[,] All(ImageEncoding images, TextEncoding captions)
    {
        EncodingShapes.Check(head.Config, images, captions);
        return All(images, captions, Together ? Measure(images, captions) : head.Config.FixedStatistics);
    }

    internal float[,] All(ImageEncoding images, TextEncoding captions, MapStatistics? together)
    {
        EncodingShapes.Check(head.Config, images, captions);
        (int rows, int columns) = (images.Tokens.Count, captions.Tokens.Count);
        CheckTokens(images, captions, together);
        float[] scores = new float[checked(rows * columns)];
        engine.Grid(images.Tokens, captions.Tokens, Layouts(captions), new ScoreOutput(scores, null, together), _parallel);
        CheckFinite(scores, pair => (pair / columns, pair % columns), captions);
        float[,] result = new float[rows, columns];
        Buffer.BlockCopy(scores, 0, result, 0, sizeof(float) * scores.Length);
        return result;
    }

    internal float[] Pairs(ImageEncoding images, TextEncoding captions, IReadOnlyList<(int Image, int Caption)> pairs)
    {
        CheckPairs(images, captions, pairs);
        return Pairs(images, captions, pairs, Together ? Measure(images, captions, pairs) : head.Config.FixedStatistics);
    }

    internal float[] Pairs(
        ImageEncoding images,
        TextEncoding captions,
        IReadOnlyList<(int Image, int Caption)> pairs,
        MapStatistics? together
    )
    {
        CheckPairs(images, captions, pairs);
        CheckTokens(images, captions, together);
        float[] scores = new float[pairs.Count];
        engine.Pairs(images.Tokens, captions.Tokens, Layouts(captions), pairs, new ScoreOutput(scores, null, together), _parallel);
        CheckFinite(scores, pair => pairs[pair], captions);
        return scores;
    }

    /// <summary>Statistics over all maps together.</summary>
    internal MapStatistics Measure(ImageEncoding images, TextEncoding captions)
    {
        EncodingShapes.Check(head.Config, images, captions);
        var maps = new MapStatistics[checked(images.Tokens.Count * captions.Tokens.Count)];
        engine.Grid(images.Tokens, captions.Tokens, Layouts(captions), new ScoreOutput(null, maps, null), _parallel);
        return Merge(maps);
    }

    /// <summary>Statistics over the maps of all pairs together.</summary>
    internal MapStatistics Measure(ImageEncoding images, TextEncoding captions, IReadOnlyList<(int Image, int Caption)> pairs)
    {
        CheckPairs(images, captions, pairs);
        var maps = new MapStatistics[pairs.Count];
        engine.Pairs(images.Tokens, captions.Tokens, Layouts(captions), pairs, new ScoreOutput(null, maps, null), _parallel);
        return Merge(maps);
    }

    // In the order of the pairs, so that the result does not depend on the threads.
    private static MapStatistics Merge(MapStatistics[] maps) => maps.Aggregate(default(MapStatistics), static (sum, map) => sum.Merge(map));

    private ColumnLayout[] Layouts(TextEncoding captions) =>
        [.. captions.Texts.Select(text => head.Config.Words.Layout(text, head.Config.Placement))];

    private void CheckPairs(ImageEncoding images, TextEncoding captions, IReadOnlyList<(int Image, int Caption)> pairs)
    {
        EncodingShapes.Check(head.Config, images, captions);
        ArgumentNullException.ThrowIfNull(pairs);
        for (int i = 0; i < pairs.Count; i++)
        {
            if ((uint)pairs[i].Image >= (uint)images.Tokens.Count || (uint)pairs[i].Caption >= (uint)captions.Tokens.Count)
            {
                throw new ArgumentException(
                    $"Pair {i} is of image {pairs[i].Image} and caption {pairs[i].Caption}; there are {images.Tokens.Count} "
                        + $"images and {captions.Tokens.Count} captions.",
                    nameof(pairs)
                );
            }
        }
    }

    // Maps that are standardized by what is known before are not measured, and a rectifier hides what is no number.
    private void CheckTokens(ImageEncoding images, TextEncoding captions, MapStatistics? together)
    {
        if (together is null || Together)
            return;
        if (FirstNotFinite(images.Tokens) is { } image)
            throw new InvalidDataException($"The embedding of image {image} holds NaN or infinity.");
        if (FirstNotFinite(captions.Tokens) is { } caption)
        {
            throw new InvalidDataException(
                $"The embedding of caption {caption} ('{Excerpt.Of(captions.Texts[caption].Text)}') holds NaN or infinity."
            );
        }
    }

    private static int? FirstNotFinite(TokenEmbeddings tokens)
    {
        // A sum is finite only if all are; embeddings have unit length, so it can't overflow otherwise.
        if (float.IsFinite(TensorPrimitives.SumOfMagnitudes(tokens.Values)))
            return null;
        int wrong = 0;
        while (wrong < tokens.Values.Length && float.IsFinite(tokens.Values[wrong]))
            wrong++;
        return wrong == tokens.Values.Length ? null : wrong / (tokens.Tokens * tokens.Dimension);
    }

    private static void CheckFinite(float[] scores, Func<int, (int Image, int Caption)> pair, TextEncoding captions)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            if (float.IsFinite(scores[i]))
                continue;
            (int image, int caption) = pair(i);
            throw new InvalidDataException(
                $"The score of image {image} and caption {caption} ('{Excerpt.Of(captions.Texts[caption].Text)}') is {scores[i]}: an "
                    + $"embedding of one of them holds NaN, infinity or numbers out of all measure."
            );
        }
    }
}
