using Dcsm.Clip.Models;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Json;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>A run on a benchmark of retrieval, picture by picture; what was done before is in its log.</summary>
/// <param name="benchmark">The pictures and captions.</param>
/// <param name="scorers">The scorers.</param>
/// <param name="groups">The scorers by their encoder.</param>
/// <param name="options">How to run.</param>
/// <param name="chunk">Captions that are held at a time.</param>
/// <param name="progress">Told after every batch.</param>
internal sealed class RetrievalRun(
    RetrievalBenchmark benchmark,
    IReadOnlyList<IScorer> scorers,
    EncoderGroup[] groups,
    BenchmarkRunOptions options,
    int chunk,
    IProgress<WorkProgress>? progress
)
{
    private readonly RankingState[] _ranking = [.. scorers.Select(_ => new RankingState(benchmark))];
    private long _done;

    private int Images => benchmark.Images.Count;

    private (int First, int Count) Part => options.Part?.Of(Images) ?? (0, Images);

    private int Chunks => (benchmark.Captions.Count + chunk - 1) / chunk;

    /// <summary>Takes a line of the log.</summary>
    /// <exception cref="InvalidDataException">It is not what comes next; nothing of it was taken.</exception>
    public void Replay(int item, JsonField line)
    {
        (int first, int length) = Chunk(item / Images);
        if (length == 0)
            throw line.Wrong("is not of this run");
        // Of a part, which does not know the others' pictures, scores are kept.
        if (line.Has("scores"))
        {
            Take(item % Images, first, length, Ranked(ScoreLog.Scores(line, scorers.Count, length), first));
            return;
        }

        RankedRow[] rows = ScoreLog.Ranks(line, scorers.Count, length);
        if (!rows.Zip(_ranking).All(pair => pair.Second.Fits(pair.First, first, length)))
            throw line.Wrong("does not follow from the lines before it");
        Take(item % Images, first, length, rows);
    }

    /// <summary>Does what is left.</summary>
    public RetrievalScores Run(ScoreLog log, CancellationToken cancellationToken)
    {
        for (int number = 0; number < Chunks; number++)
        {
            int before = number * Images;
            (int first, int length) = Chunk(number);
            HashSet<int> owners = [.. benchmark.Captions.Skip(first).Take(length).Select(caption => caption.Image)];
            // Pictures of these captions first: what stands beside them is known from then on.
            int[] pending =
            [
                .. Enumerable
                    .Range(Part.First, Part.Count)
                    .Where(image => !log.Known.Contains(before + image))
                    .OrderBy(image => owners.Contains(image) ? 0 : 1),
            ];
            _done += Part.Count - pending.Length;
            if (pending.Length > 0)
                Run(log, number, pending, cancellationToken);
        }

        return Kept(log.Reasons);
    }

    private void Run(ScoreLog log, int number, int[] pending, CancellationToken cancellationToken)
    {
        (int first, int length) = Chunk(number);
        string[] texts = [.. benchmark.Captions.Skip(first).Take(length).Select(c => c.Text)];
        (IReadOnlyList<int> Scorers, TextEncoding Texts)[][] encoded =
        [
            .. groups.Select(group => group.EncodeTexts(s => BenchmarkRunner.Wording(scorers[s], texts, options)).ToArray()),
        ];
        foreach (
            PictureQueue.Batch batch in PictureQueue.Run(
                pending,
                i => benchmark.Images[i],
                groups,
                options.BatchItems,
                options.SkipMissing,
                cancellationToken
            )
        )
        {
            float[][][] rows = Score(batch, encoded, first);
            for (int i = 0; i < rows.Length; i++)
            {
                (int image, int item) = (batch.Items[i], (number * Images) + batch.Items[i]);
                if (batch.Reasons[i] is not { } reason)
                {
                    RankedRow[] ranked = Ranked(rows[i], first);
                    Take(image, first, length, ranked);
                    if (options.Part is null)
                        log.Add(item, ranked);
                    else
                        log.Add(item, rows[i]);
                }
                else if (Enumerable.Range(0, number).Any(one => !log.Reasons.ContainsKey((one * Images) + image)))
                {
                    throw new InvalidDataException($"{reason}; it could be read before, so it has changed since this run began");
                }
                else
                {
                    log.Skip(item, reason);
                }
            }

            log.Flush();
            _done += batch.Items.Length;
            progress?.Report(new WorkProgress(_done, (long)Chunks * Part.Count, benchmark.Name));
        }
    }

    /// <param name="batch">The pictures.</param>
    /// <param name="encoded">[groups] the chunk of captions, for some of the scorers each.</param>
    /// <param name="firstCaption">The first caption of the chunk.</param>
    /// <returns>[pictures of the batch][scorers][captions of the chunk]; without scores where the picture is skipped.</returns>
    private float[][][] Score(PictureQueue.Batch batch, (IReadOnlyList<int> Scorers, TextEncoding Texts)[][] encoded, int firstCaption)
    {
        float[][][] rows = [.. batch.Items.Select(_ => new float[scorers.Count][])];
        for (int g = 0; g < groups.Length && batch.Pictures[g].Length > 0; g++)
        {
            ImageEncoding pictures = groups[g].Encode(batch.Pictures[g]);
            foreach ((IReadOnlyList<int> places, TextEncoding text) in encoded[g])
            {
                foreach (int s in places)
                {
                    float[,] grid = scorers[s].Score(pictures, text);
                    foreach (int i in Enumerable.Range(0, rows.Length).Where(i => batch.Places[i] >= 0))
                    {
                        rows[i][s] = BenchmarkRunner.Row(
                            grid,
                            batch.Places[i],
                            c =>
                                $"{scorers[s].Name}: the score of picture '{benchmark.Images[batch.Items[i]].Name}' "
                                + $"with caption {firstCaption + c}"
                        );
                    }
                }
            }
        }

        return rows;
    }

    private RankedRow[] Ranked(float[][] rows, int first) => [.. rows.Zip(_ranking, (row, own) => own.Summarize(row, first))];

    private void Take(int image, int first, int length, RankedRow[] rows)
    {
        for (int s = 0; s < rows.Length; s++)
            _ranking[s].Take(image, first, length, rows[s]);
    }

    /// <summary>The captions of a chunk; none where there is no such chunk.</summary>
    private (int First, int Length) Chunk(int number) =>
        number < Chunks ? (number * chunk, Math.Min(chunk, benchmark.Captions.Count - (number * chunk))) : (0, 0);

    /// <summary>Leaves out the pictures that were skipped, with their captions.</summary>
    private RetrievalScores Kept(IReadOnlyDictionary<int, string> reasons)
    {
        var skipped = reasons.GroupBy(reason => reason.Key % Images, reason => reason.Value).ToDictionary(of => of.Key, of => of.First());
        int[] images = [.. Enumerable.Range(Part.First, Part.Count).Where(i => !skipped.ContainsKey(i))];
        var places = images.Index().ToDictionary(image => image.Item, image => image.Index);
        int[] captions = [.. Enumerable.Range(0, benchmark.Captions.Count).Where(c => places.ContainsKey(benchmark.Captions[c].Image))];
        RetrievalBenchmark kept =
            images.Length == Images
                ? benchmark
                : benchmark with
                {
                    Images = [.. images.Select(i => benchmark.Images[i])],
                    Captions = [.. captions.Select(c => benchmark.Captions[c] with { Image = places[benchmark.Captions[c].Image] })],
                };
        return new RetrievalScores(
            kept,
            ScorerList.Describe(scorers),
            [.. _ranking.Select(own => own.Ranks(images, captions))],
            [.. skipped.OrderBy(reason => reason.Key).Select(reason => reason.Value)]
        )
        {
            Cut = BenchmarkRunner.Cut(kept.Captions.Select(c => (IReadOnlyList<string>)[c.Text]), scorers, options),
        };
    }
}
