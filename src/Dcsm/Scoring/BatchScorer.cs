using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Progress;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;

namespace Dcsm.Scoring;

/// <summary>
/// Encodes and scores batch by batch, so that memory holds no more than a batch of images and one of captions. Both go by their numbers.
/// </summary>
/// <param name="encodeImages">Encodes batches of images one after another; what it gave before need not stay valid.</param>
/// <param name="encodeCaptions">Encodes a batch of captions.</param>
internal sealed class BatchScorer(
    DcsmHead head,
    DcsmScorerOptions options,
    Func<IEnumerable<IReadOnlyList<int>>, IEnumerable<ImageEncoding>> encodeImages,
    Func<IReadOnlyList<int>, TextEncoding> encodeCaptions,
    CancellationToken cancellationToken
)
{
    private readonly EncodedPairScorer _scoring = new(head, head.Engine, options.Threads, cancellationToken);
    private readonly HashSet<int> _warned = [];
    private (IReadOnlyList<int> Batch, ImageEncoding Encoding)? _images;
    private (IReadOnlyList<int> Batch, TextEncoding Encoding)? _captions;

    /// <summary>Whether an image that was encoded could be read; else its maps count for nothing.</summary>
    internal Func<int, bool> IsReadable { get; init; } = static _ => true;

    /// <summary>Scores in batches of images, whose rows are complete.</summary>
    internal IEnumerable<ImageScores> Rows(IReadOnlyList<int> images, IReadOnlyList<int> captions)
    {
        (int[][] imageBatches, int[][] captionBatches) = Batches(images, captions);
        MapStatistics? together = Together(imageBatches, captionBatches);
        float[,] rows = new float[0, 0];
        bool[] truncated = new bool[captions.Count];
        foreach (
            (GridBatch batch, ImageEncoding image, TextEncoding text) in Encode(
                GridBatch.Create(
                    imageBatches,
                    captionBatches is []
                        ?
                        [
                            [],
                        ]
                        : captionBatches,
                    imagesFirst: true
                )
            )
        )
        {
            float[,] found = _scoring.All(image, text, together);
            for (int i = 0; i < batch.Captions.Count; i++)
                truncated[batch.FirstCaption + i] = text.Texts[i].Truncated;
            if (batch.FirstCaption == 0)
                rows = batch.Captions.Count == captions.Count ? found : new float[batch.Images.Count, captions.Count];
            if (rows != found)
                Copy(found, rows, 0, batch.FirstCaption);
            if (batch.FirstCaption + batch.Captions.Count == captions.Count)
                yield return new ImageScores(batch.FirstImage, rows, truncated);
        }
    }

    /// <returns>[pairs]</returns>
    internal float[] Pairs(IReadOnlyList<int> images, IReadOnlyList<int> captions, IProgress<WorkProgress>? progress)
    {
        float[] scores = new float[captions.Count];
        long done = 0;
        foreach (PairScores batch in PairBatches(images, captions))
        {
            for (int i = 0; i < batch.Scores.Count; i++)
                scores[batch.Pairs[i]] = batch.Scores[i];
            done += batch.Scores.Count;
            progress?.Report(new WorkProgress(done, scores.Length));
        }
        return scores;
    }

    /// <summary>Scores in batches of pairs, those of the same image together. The numbers are those of <see cref="Pairs"/>.</summary>
    internal IEnumerable<PairScores> PairBatches(IReadOnlyList<int> images, IReadOnlyList<int> captions)
    {
        List<PairBatch> batches = PairBatch.Create(images, captions, options.ImageBatchSize, options.CaptionBatchSize);
        MapStatistics? together = Together(
            batches,
            (batch, image, text) => Readable(batch) is { Length: > 0 } pairs ? _scoring.Measure(image, text, pairs) : default
        );
        foreach ((PairBatch batch, ImageEncoding image, TextEncoding text) in Encode(batches))
        {
            float[] scores = Readable(batch).Length > 0 ? _scoring.Pairs(image, text, batch.Pairs, together) : new float[batch.Pairs.Count];
            yield return new PairScores(batch.Numbers, scores, [.. batch.Pairs.Select(pair => text.Texts[pair.Caption].Truncated)]);
        }
    }

    private (int Image, int Caption)[] Readable(PairBatch batch) => [.. batch.Pairs.Where(pair => IsReadable(batch.Images[pair.Image]))];

    // What is measured and scored together decides the last bit: the same batches, measured in the same order, give the same scores.
    private (int[][] Images, int[][] Captions) Batches(IReadOnlyList<int> images, IReadOnlyList<int> captions) =>
        ([.. images.Chunk(options.ImageBatchSize)], [.. captions.Chunk(options.CaptionBatchSize)]);

    private MapStatistics? Together(int[][] images, int[][] captions) =>
        Together(GridBatch.Create(images, captions, imagesFirst: false), (_, image, text) => _scoring.Measure(image, text));

    /// <summary>Statistics over all maps, or constants, where the head asks for them.</summary>
    private MapStatistics? Together<TBatch>(IEnumerable<TBatch> batches, Func<TBatch, ImageEncoding, TextEncoding, MapStatistics> measure)
        where TBatch : Batch =>
        head.Config.Standardization == MapStandardization.WholeBatch
            ? Encode(batches)
                .Aggregate(default(MapStatistics), (sum, batch) => sum.Merge(measure(batch.Batch, batch.Images, batch.Captions)))
            : head.Config.FixedStatistics;

    /// <summary>Encodes batches; what one has in common with the one before is encoded once, also from one pass to the next.</summary>
    private IEnumerable<(TBatch Batch, ImageEncoding Images, TextEncoding Captions)> Encode<TBatch>(IEnumerable<TBatch> batches)
        where TBatch : Batch
    {
        using IEnumerator<ImageEncoding> encodings = encodeImages(Changes(batches.Select(batch => batch.Images), _images?.Batch))
            .GetEnumerator();
        foreach (TBatch batch in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_captions?.Batch != batch.Captions)
            {
                _captions = null;
                _captions = (batch.Captions, Warned(batch.Captions, encodeCaptions(batch.Captions)));
            }
            if (_images?.Batch != batch.Images)
            {
                _images = null;
                encodings.MoveNext();
                _images = (batch.Images, encodings.Current);
            }
            yield return (batch, _images.Value.Encoding, _captions.Value.Encoding);
        }
    }

    private static IEnumerable<IReadOnlyList<int>> Changes(IEnumerable<IReadOnlyList<int>> batches, IReadOnlyList<int>? last)
    {
        foreach (IReadOnlyList<int> batch in batches)
        {
            if (batch != last)
                yield return batch;
            last = batch;
        }
    }

    private TextEncoding Warned(IReadOnlyList<int> captions, TextEncoding texts)
    {
        for (int i = 0; options.Warn is { } warn && i < captions.Count; i++)
        {
            if (texts.Texts[i].Truncated && _warned.Add(captions[i]))
                warn(CaptionSet.TruncationWarning(texts.Texts[i]));
        }
        return texts;
    }

    private static void Copy(float[,] from, float[,] to, int row, int column)
    {
        for (int i = 0; i < from.GetLength(0); i++)
        {
            for (int j = 0; j < from.GetLength(1); j++)
                to[row + i, column + j] = from[i, j];
        }
    }
}
