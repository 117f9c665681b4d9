using System.Globalization;
using System.Text;
using Dcsm.Clip.Models;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>
/// Has scorers score a benchmark: every picture is decoded and encoded once, whatever the number of scorers and questions, in
/// batches, so that memory does not grow with the number of pictures.
/// </summary>
public static class BenchmarkRunner
{
    // Encoded captions that are held at a time, in bytes.
    private const long CaptionMemory = 512L << 20;

    /// <summary>Scores every item's options.</summary>
    /// <param name="benchmark">The items.</param>
    /// <param name="scorers">The scorers, each of its own name.</param>
    /// <param name="options">How to run.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches; what was scored is in the log.</param>
    /// <exception cref="ArgumentException">There are no items or scorers, or two scorers share a name.</exception>
    /// <exception cref="InvalidDataException">A picture is broken, or a score is not a number; the message names the item.</exception>
    public static ChoiceScores Run(
        ChoiceBenchmark benchmark,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        options ??= new BenchmarkRunOptions();
        Check(scorers, options, benchmark.Items.Count, benchmark.Name);
        EncoderGroup[] groups = EncoderGroup.Of(scorers, options.Cache);
        int count = benchmark.Items.Count;
        using ScoreLog log = Log(benchmark, scorers, options, item => item < count ? benchmark.Items[item].Options.Count : -1);
        float[][][] scores = new float[count][][];
        (int first, int some) = options.Part?.Of(count) ?? (0, count);
        int[] pending = [.. Enumerable.Range(first, some).Where(i => !log.Known.ContainsKey(i))];
        foreach ((int item, float[][]? known) in log.Known)
        {
            if (known is not null)
                scores[item] = known;
        }

        int done = some - pending.Length;
        foreach (
            PictureQueue.Batch batch in PictureQueue.Run(
                pending,
                i => benchmark.Items[i].Image,
                groups,
                options.BatchItems,
                options.SkipMissing,
                cancellationToken
            )
        )
        {
            float[]?[][] rows = Score(benchmark, batch, groups, scorers, options);
            for (int i = 0; i < batch.Items.Length; i++)
            {
                int item = batch.Items[i];
                if (batch.Reasons[i] is { } reason)
                {
                    log.Skip(item, reason);
                    log.Reasons[item] = reason;
                    continue;
                }

                scores[item] = [.. rows.Select(row => row[i]!)];
                log.Add(item, scores[item]);
            }

            log.Flush();
            done += batch.Items.Length;
            progress?.Report(new WorkProgress(done, some, benchmark.Name));
        }

        int[] scored = [.. Enumerable.Range(0, count).Where(i => scores[i] is not null)];
        return new ChoiceScores(
            benchmark with
            {
                Items = [.. scored.Select(i => benchmark.Items[i])],
            },
            ScorerList.Describe(scorers),
            [.. scorers.Select((_, s) => scored.Select(i => scores[i][s].Select(x => (double)x).ToArray()).ToArray())],
            [.. log.Reasons.OrderBy(r => r.Key).Select(r => r.Value)]
        )
        {
            Cut = Cut(scored.Select(i => benchmark.Items[i].Options), scorers, options),
        };
    }

    /// <summary>Scores every picture with every caption.</summary>
    /// <inheritdoc cref="Run(ChoiceBenchmark, IReadOnlyList{IScorer}, BenchmarkRunOptions?, IProgress{WorkProgress}?, CancellationToken)"/>
    /// <param name="benchmark">The pictures and captions.</param>
    /// <param name="scorers">The scorers, each of its own name.</param>
    /// <param name="options">How to run.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches; what was scored is in the log.</param>
    /// <remarks>
    /// All scores are held: 4 bytes a pair and scorer. Captions are held encoded up to 512 MiB; where there are more, the
    /// pictures are gone through again for each chunk of them, which a cache makes cheap.
    /// </remarks>
    // Long because chunks of captions, pictures and what is known of both meet here.
    public static RetrievalScores Run(
        RetrievalBenchmark benchmark,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        options ??= new BenchmarkRunOptions();
        Check(scorers, options, benchmark.Images.Count, benchmark.Name);
        EncoderGroup[] groups = EncoderGroup.Of(scorers, options.Cache);
        int images = benchmark.Images.Count,
            captions = benchmark.Captions.Count;
        int chunk = CaptionsAtOnce(scorers);
        int chunks = (captions + chunk - 1) / chunk;
        using ScoreLog log = Log(
            benchmark,
            scorers,
            options,
            item => item / images < chunks ? Math.Min(chunk, captions - (item / images * chunk)) : -1
        );
        float[][][] scores = [.. scorers.Select(_ => Enumerable.Range(0, captions).Select(_ => new float[images]).ToArray())];

        (int firstImage, int some) = options.Part?.Of(images) ?? (0, images);
        int done = 0;
        for (int l = 0; l < chunks; l++)
        {
            int first = l * chunk,
                length = Math.Min(chunk, captions - first);
            var pending = new List<int>();
            for (int image = firstImage; image < firstImage + some; image++)
            {
                if (!log.Known.TryGetValue((l * images) + image, out float[][]? known))
                    pending.Add(image);
                else if (known is not null)
                    Keep(scores, image, first, known);
            }

            done += some - pending.Count;
            if (pending.Count == 0)
                continue;
            string[] texts = [.. benchmark.Captions.Skip(first).Take(length).Select(c => c.Text)];
            (IReadOnlyList<int> Scorers, TextEncoding Texts)[][] encoded = groups
                .Select(group => group.EncodeTexts(s => Wording(scorers[s], texts, options)).ToArray())
                .ToArray();
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
                float[][][] rows = Score(benchmark, batch, groups, encoded, scorers, first);
                for (int i = 0; i < rows.Length; i++)
                {
                    int item = (l * images) + batch.Items[i];
                    if (batch.Reasons[i] is { } reason)
                    {
                        log.Skip(item, reason);
                        log.Reasons[batch.Items[i]] = reason;
                        continue;
                    }

                    Keep(scores, batch.Items[i], first, rows[i]);
                    log.Add(item, rows[i]);
                }

                log.Flush();
                done += batch.Items.Length;
                progress?.Report(new WorkProgress(done, chunks * some, benchmark.Name));
            }
        }

        return Without(benchmark, scores, scorers, options, log.Reasons.ToDictionary(r => r.Key % images, r => r.Value));
    }

    private static IReadOnlyList<CutCaptions> Cut(
        IEnumerable<IReadOnlyList<string>> questions,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions options
    ) => CutCaptions.Of(scorers, questions, (scorer, texts) => Wording(scorer, texts, options));

    /// <summary>Puts a picture's scores in their places.</summary>
    /// <param name="scores">[scorers][captions][images].</param>
    /// <param name="image">The picture.</param>
    /// <param name="first">The first of the captions.</param>
    /// <param name="rows">[scorers][captions from the first one].</param>
    private static void Keep(float[][][] scores, int image, int first, float[][] rows)
    {
        for (int s = 0; s < scores.Length; s++)
        {
            for (int c = 0; c < rows[s].Length; c++)
                scores[s][first + c][image] = rows[s][c];
        }
    }

    /// <summary>Leaves out the pictures that were skipped, with their captions.</summary>
    private static RetrievalScores Without(
        RetrievalBenchmark benchmark,
        float[][][] scores,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions options,
        Dictionary<int, string> skipped
    )
    {
        string[] reasons = [.. skipped.OrderBy(r => r.Key).Select(r => r.Value)];
        if (skipped.Count > 0)
        {
            int[] images = [.. Enumerable.Range(0, benchmark.Images.Count).Where(i => !skipped.ContainsKey(i))];
            int[] captions =
            [
                .. Enumerable.Range(0, benchmark.Captions.Count).Where(c => !skipped.ContainsKey(benchmark.Captions[c].Image)),
            ];
            scores = [.. scores.Select(matrix => captions.Select(c => images.Select(i => matrix[c][i]).ToArray()).ToArray())];
            benchmark = benchmark with
            {
                Images = [.. images.Select(i => benchmark.Images[i])],
                Captions =
                [
                    .. captions.Select(c => benchmark.Captions[c] with { Image = Array.IndexOf(images, benchmark.Captions[c].Image) }),
                ],
            };
        }
        return new RetrievalScores(benchmark, ScorerList.Describe(scorers), scores, reasons)
        {
            Cut = Cut(benchmark.Captions.Select(c => (IReadOnlyList<string>)[c.Text]), scorers, options),
        };
    }

    /// <param name="benchmark">The benchmark.</param>
    /// <param name="batch">The pictures.</param>
    /// <param name="groups">The scorers by their encoder.</param>
    /// <param name="encoded">[groups] the chunk of captions, for some of the scorers each.</param>
    /// <param name="scorers">The scorers.</param>
    /// <param name="firstCaption">The first caption of the chunk.</param>
    /// <returns>[pictures of the batch][scorers][captions of the chunk]; without scores where the picture is skipped.</returns>
    private static float[][][] Score(
        RetrievalBenchmark benchmark,
        PictureQueue.Batch batch,
        EncoderGroup[] groups,
        (IReadOnlyList<int> Scorers, TextEncoding Texts)[][] encoded,
        IReadOnlyList<IScorer> scorers,
        int firstCaption
    )
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
                        rows[i][s] = Row(
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

    /// <returns>[scorers][items of the batch]: a score an option; null where the picture is skipped.</returns>
    private static float[]?[][] Score(
        ChoiceBenchmark benchmark,
        PictureQueue.Batch batch,
        EncoderGroup[] groups,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions options
    )
    {
        float[]?[][] rows = [.. scorers.Select(_ => new float[]?[batch.Items.Length])];
        int[] had = [.. Enumerable.Range(0, batch.Items.Length).Where(i => batch.Places[i] >= 0)];
        if (had.Length == 0)
            return rows;
        var texts = new List<string>();
        var blocks = new ScoreBlock[had.Length];
        for (int h = 0; h < had.Length; h++)
        {
            ChoiceItem item = benchmark.Items[batch.Items[had[h]]];
            blocks[h] = new ScoreBlock(batch.Places[had[h]], 1, texts.Count, item.Options.Count);
            texts.AddRange(item.Options);
        }

        for (int g = 0; g < groups.Length; g++)
        {
            ImageEncoding images = groups[g].Encode(batch.Pictures[g]);
            foreach ((IReadOnlyList<int> places, TextEncoding encoded) in groups[g].EncodeTexts(s => Wording(scorers[s], texts, options)))
            {
                foreach (int s in places)
                {
                    IReadOnlyList<float[,]> grids = scorers[s].ScoreBlocks(images, encoded, blocks);
                    for (int h = 0; h < had.Length; h++)
                    {
                        ChoiceItem item = benchmark.Items[batch.Items[had[h]]];
                        rows[s][had[h]] = Row(
                            grids[h],
                            0,
                            option => $"{item.Image.Place}: {scorers[s].Name}'s score of option {option} of item '{item.Id}'"
                        );
                    }
                }
            }
        }

        return rows;
    }

    private static IReadOnlyList<string> Wording(IScorer scorer, IReadOnlyList<string> texts, BenchmarkRunOptions options) =>
        options.Text is { } rewrite ? [.. texts.Select(text => rewrite(scorer, text))] : texts;

    private static float[] Row(float[,] grid, int row, Func<int, string> what)
    {
        float[] scores = new float[grid.GetLength(1)];
        for (int c = 0; c < scores.Length; c++)
        {
            scores[c] = grid[row, c];
            if (!float.IsFinite(scores[c]))
            {
                throw new InvalidDataException(
                    string.Create(CultureInfo.InvariantCulture, $"{what(c)} is {scores[c]}; every score must be a finite number.")
                );
            }
        }

        return scores;
    }

    private static int CaptionsAtOnce(IReadOnlyList<IScorer> scorers)
    {
        long bytes = scorers.Max(s => 4L * (s.TextTokens > 0 ? s.TextTokens : s.Encoder.ContextLength) * 1024);
        return (int)Math.Max(64, CaptionMemory / bytes);
    }

    private static void Check(IReadOnlyList<IScorer> scorers, BenchmarkRunOptions options, int items, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchItems, nameof(options));
        if (items == 0)
            throw new ArgumentException($"{name} has nothing to score.");
        ScorerList.Check(scorers);
    }

    private static ScoreLog Log(Benchmark benchmark, IReadOnlyList<IScorer> scorers, BenchmarkRunOptions options, Func<int, int> optionsOf)
    {
        var log = new ScoreLog(options.ScoreLog, Identity(benchmark, scorers, options), scorers.Count, optionsOf);
        if (log.Foreign > 0)
        {
            options.Warn?.Invoke(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{options.ScoreLog}: {log.Foreign} lines are not of this run, or damaged; they were not taken"
                )
            );
        }

        return log;
    }

    /// <summary>All that decides the scores of a run, for its log.</summary>
    private static string Identity(Benchmark benchmark, IReadOnlyList<IScorer> scorers, BenchmarkRunOptions options)
    {
        StringBuilder text = new StringBuilder().Append(benchmark.Name).Append('\n').Append(options.TextName).Append('\n');
        foreach (IScorer scorer in scorers)
        {
            text.Append(scorer.Name).Append('\n').Append(scorer.Encoder.Preprocessing).Append('\n');
            foreach ((string key, string value) in scorer.Description.OrderBy(p => p.Key, StringComparer.Ordinal))
                text.Append(key).Append('=').Append(value).Append('\n');
        }

        if (benchmark is ChoiceBenchmark choice)
        {
            foreach (ChoiceItem item in choice.Items)
            {
                text.Append(item.Id)
                    .Append('\n')
                    .Append(item.Image.Path)
                    .Append(' ')
                    .Append(item.Image.Box)
                    .Append('\n')
                    .AppendJoin('\n', item.Options)
                    .Append('\n');
            }
        }
        else if (benchmark is RetrievalBenchmark retrieval)
        {
            foreach (BenchmarkImage image in retrieval.Images)
                text.Append(image.Path).Append('\n');
            foreach (RetrievalCaption caption in retrieval.Captions)
                text.Append(caption.Image).Append(' ').Append(caption.Text).Append('\n');
        }

        return text.ToString();
    }
}
