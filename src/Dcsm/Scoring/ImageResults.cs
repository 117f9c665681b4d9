using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;

namespace Dcsm.Scoring;

/// <summary>
/// What becomes of many pictures, batch by batch: some are read and decoded while others are scored, and one that can't be read is a result
/// with an error.
/// </summary>
/// <param name="clip">The CLIP.</param>
/// <param name="head">The head.</param>
/// <param name="options">How to work.</param>
/// <param name="uses">Of the scorer, which is not closed while a batch is scored.</param>
internal sealed class ImageResults(ClipModel clip, DcsmHead head, DcsmScorerOptions options, UseCount uses)
{
    /// <summary>Results one by one; each batch is computed by a thread of the pool when it is asked for.</summary>
    public static async IAsyncEnumerable<ImageResult> InTurn(
        Func<CancellationToken, IEnumerable<IReadOnlyList<ImageResult>>> batches,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using IEnumerator<IReadOnlyList<ImageResult>> all = batches(cancellationToken).GetEnumerator();
        while (await Task.Run(all.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            foreach (ImageResult result in all.Current)
                yield return result;
        }
    }

    /// <summary>Every picture with every caption.</summary>
    public IEnumerable<IReadOnlyList<ImageResult>> Batches(
        IEnumerable<ImageSource> images,
        CaptionSet captions,
        CancellationToken cancellationToken
    )
    {
        var scoring = new EncodedPairScorer(head, head.Engine, options.Threads, cancellationToken);
        MapStatistics? together = head.Config.FixedStatistics;
        var failed = new ConcurrentDictionary<ImageSource, Exception>(ReferenceEqualityComparer.Instance);
        IEnumerable<(ImageSource[] Batch, ImageEncoding Encoding)> encoded;
        if (head.Config.Standardization == MapStandardization.WholeBatch)
        {
            ImageSource[][] all = [.. images.Chunk(options.ImageBatchSize).Select(Checked)];
            var kept = new KeptEncodings<ImageSource>(clip, options.SkipBroken ? Failed : null, cancellationToken);
            encoded = all.Zip(kept.Of(all, batch => batch));
            together = encoded
                .Where(pair => !Array.TrueForAll(pair.Batch, failed.ContainsKey))
                .Aggregate(
                    default(MapStatistics),
                    (sum, pair) => sum.Merge(scoring.Measure(Readable(pair.Batch, pair.Encoding, failed), captions.Encoding))
                );
        }
        else
        {
            encoded = Streamed(images.Chunk(options.ImageBatchSize), Failed, cancellationToken);
        }

        long number = 0;
        foreach ((ImageSource[] batch, ImageEncoding encoding) in encoded)
        {
            using UseCount.Use use = uses.Begin();
            using Activity? activity = DcsmTelemetry.Start("dcsm.score", encoding.Tokens.Count, captions.Count);
            float[,] scores = Array.TrueForAll(batch, failed.ContainsKey)
                ? new float[0, 0]
                : DcsmTelemetry.Stage("head", () => scoring.All(encoding, captions.Encoding, together));
            var results = new ImageResult[batch.Length];
            for (int i = 0; i < batch.Length; i++)
                results[i] = Result(number++, batch[i], failed, () => captions.Row(scores, i));
            DcsmTelemetry.Scored(results.Count(result => result.Error is null), captions.Count);
            yield return results;
        }

        void Failed(ImageSource image, Exception error) => failed[image] = error;
    }

    /// <summary>Each picture with the caption of its place.</summary>
    public IEnumerable<IReadOnlyList<ImageResult>> Pairs(
        IReadOnlyList<ImageSource> images,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken
    )
    {
        bool isWhole = head.Config.Standardization == MapStandardization.WholeBatch;
        var failed = new ConcurrentDictionary<ImageSource, Exception>(ReferenceEqualityComparer.Instance);
        Numbered<ImageSource> pictures = new(images);
        Numbered<string> texts = new(captions);
        var kept = new KeptEncodings<int>(clip, options.SkipBroken ? Failed : null, cancellationToken);
        var scorer = new BatchScorer(
            head,
            options,
            batches =>
                isWhole
                    ? kept.Of([.. batches], pictures.Items)
                    : clip.EncodeImageBatches(batches.Select(pictures.Items), Failed, cancellationToken),
            batch => CaptionSet.Encode(clip, head, texts.Items(batch), cancellationToken),
            cancellationToken
        )
        {
            IsReadable = image => !failed.ContainsKey(pictures.All[image]),
        };
        foreach (PairScores batch in scorer.PairBatches(pictures.Numbers, texts.Numbers))
        {
            using UseCount.Use use = uses.Begin();
            var results = new ImageResult[batch.Pairs.Count];
            for (int i = 0; i < results.Length; i++)
            {
                (int pair, float logit) = (batch.Pairs[i], batch.Scores[i]);
                var score = new CaptionScore(captions[pair], logit, head.Probability(logit, captions[pair]), batch.Truncated[i]);
                results[i] = Result(pair, pictures.All[pictures.Numbers[pair]], failed, () => [score]);
            }
            DcsmTelemetry.Scored(results.Count(result => result.Error is null), 1);
            yield return results;
        }

        void Failed(ImageSource image, Exception error) => failed[image] = error;
    }

    /// <summary>Batches with what becomes of them, each taken once.</summary>
    private IEnumerable<(ImageSource[] Batch, ImageEncoding Encoding)> Streamed(
        IEnumerable<ImageSource[]> batches,
        Action<ImageSource, Exception> failed,
        CancellationToken cancellationToken
    )
    {
        var taken = new ConcurrentQueue<ImageSource[]>();
        foreach (ImageEncoding encoding in clip.EncodeImageBatches(batches.Select(Take), failed, cancellationToken))
        {
            taken.TryDequeue(out ImageSource[]? batch);
            yield return (batch!, encoding);
        }

        ImageSource[] Take(ImageSource[] batch)
        {
            taken.Enqueue(Checked(batch));
            return batch;
        }
    }

    private static ImageSource[] Checked(ImageSource[] images) =>
        Array.IndexOf(images, null) is var none && none >= 0
            ? throw new ArgumentException($"Picture {none} of a batch is null.", nameof(images))
            : images;

    private static ImageEncoding Readable(
        ImageSource[] batch,
        ImageEncoding encoding,
        ConcurrentDictionary<ImageSource, Exception> failed
    ) =>
        Array.Exists(batch, failed.ContainsKey)
            ? encoding.Take([.. Enumerable.Range(0, batch.Length).Where(i => !failed.ContainsKey(batch[i]))])
            : encoding;

    private static ImageResult Result(
        long number,
        ImageSource image,
        ConcurrentDictionary<ImageSource, Exception> failed,
        Func<IReadOnlyList<CaptionScore>> scores
    ) => failed.TryGetValue(image, out Exception? error) ? new(number, image, [], error) : new(number, image, scores(), null);

    /// <summary>Items by numbers, equal ones under the same.</summary>
    private sealed class Numbered<T>
        where T : notnull
    {
        public Numbered(IReadOnlyList<T> items)
        {
            var numbers = new Dictionary<T, int>();
            Numbers = new int[items.Count];
            for (int i = 0; i < items.Count; i++)
            {
                if (!numbers.TryGetValue(items[i], out Numbers[i]))
                {
                    numbers.Add(items[i], Numbers[i] = All.Count);
                    All.Add(items[i]);
                }
            }
        }

        public List<T> All { get; } = [];

        public int[] Numbers { get; }

        public IReadOnlyList<T> Items(IReadOnlyList<int> numbers) => [.. numbers.Select(number => All[number])];
    }
}
