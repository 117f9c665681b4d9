using System.Globalization;
using System.Text;
using Dcsm.Clip.Models;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Json;
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
        float[][][] scores = new float[count][][];
        using ScoreLog log = Log(
            benchmark,
            scorers,
            options,
            (item, line) =>
                scores[item] =
                    item < count
                        ? ScoreLog.Scores(line, scorers.Count, benchmark.Items[item].Options.Count)
                        : throw line.Wrong("is not of this run")
        );
        (int first, int some) = options.Part?.Of(count) ?? (0, count);
        int[] pending = [.. Enumerable.Range(first, some).Where(i => !log.Known.Contains(i))];
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

    /// <summary>
    /// Scores every picture of an item with every caption of it; of <see cref="MatchTask.Captions"/> captions with each other, for which a
    /// scorer must be a <see cref="ClipScorer"/>, and of which nothing is kept in a log.
    /// </summary>
    /// <inheritdoc cref="Run(ChoiceBenchmark, IReadOnlyList{IScorer}, BenchmarkRunOptions?, IProgress{WorkProgress}?, CancellationToken)"/>
    public static MatchScores Run(
        MatchBenchmark benchmark,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        options ??= new BenchmarkRunOptions();
        if (benchmark.Task == MatchTask.Captions)
            return CaptionPairs.Run(benchmark, scorers, options, progress, cancellationToken);
        // A picture with the captions of its item is what a choice is, too; which one is right plays no part.
        ChoiceItem[][] rows =
        [
            .. benchmark.Items.Select(item =>
                item.Images.Select((image, i) => new ChoiceItem(FormattableString.Invariant($"{item.Id} {i}"), image, item.Captions, 0))
                    .ToArray()
            ),
        ];
        var choices = new ChoiceBenchmark
        {
            Name = benchmark.Name,
            AnnotationFiles = benchmark.AnnotationFiles,
            Items = [.. rows.SelectMany(row => row)],
        };
        ChoiceScores scored = Run(choices, scorers, options, progress, cancellationToken);
        var places = scored.Benchmark.Items.Select((row, r) => (row.Id, r)).ToDictionary(p => p.Id, p => p.r, StringComparer.Ordinal);
        int[] kept = [.. Enumerable.Range(0, rows.Length).Where(i => rows[i].All(row => places.ContainsKey(row.Id)))];
        MatchItem[] items = [.. kept.Select(i => benchmark.Items[i])];
        return new MatchScores(
            benchmark with
            {
                Items = items,
            },
            scored.Scorers,
            [.. scored.Scores.Select(own => kept.Select(i => rows[i].SelectMany(row => own[places[row.Id]]).ToArray()).ToArray())],
            scored.Skipped
        )
        {
            Cut = Cut(items.Select(item => item.Captions), scorers, options),
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
    /// Captions are held encoded up to 512 MiB; where there are more, the pictures are gone through again for each chunk of them, which a
    /// cache makes cheap. First come the pictures whose captions they are: from then on not scores but ranks are held and kept.
    /// </remarks>
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
        var run = new RetrievalRun(benchmark, scorers, groups, options, CaptionsAtOnce(scorers), progress);
        using ScoreLog log = Log(benchmark, scorers, options, run.Replay);
        return run.Run(log, cancellationToken);
    }

    internal static IReadOnlyList<CutCaptions> Cut(
        IEnumerable<IReadOnlyList<string>> questions,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions options
    ) => CutCaptions.Of(scorers, questions, (scorer, texts) => Wording(scorer, texts, options));

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
        // Items that share their captions, as the two pictures of a pair do, have them encoded once.
        var firstOf = new Dictionary<IReadOnlyList<string>, int>(ReferenceEqualityComparer.Instance);
        var blocks = new ScoreBlock[had.Length];
        for (int h = 0; h < had.Length; h++)
        {
            ChoiceItem item = benchmark.Items[batch.Items[had[h]]];
            if (firstOf.TryAdd(item.Options, texts.Count))
                texts.AddRange(item.Options);
            blocks[h] = new ScoreBlock(batch.Places[had[h]], 1, firstOf[item.Options], item.Options.Count);
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

    internal static IReadOnlyList<string> Wording(IScorer scorer, IReadOnlyList<string> texts, BenchmarkRunOptions options) =>
        options.Text is { } rewrite ? [.. texts.Select(text => rewrite(scorer, text))] : texts;

    internal static float[] Row(float[,] grid, int row, Func<int, string> what)
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

    internal static void Check(IReadOnlyList<IScorer> scorers, BenchmarkRunOptions options, int items, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchItems, nameof(options));
        if (items == 0)
            throw new ArgumentException($"{name} has nothing to score.");
        ScorerList.Check(scorers);
    }

    private static ScoreLog Log(
        Benchmark benchmark,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions options,
        Action<int, JsonField> take
    )
    {
        var log = new ScoreLog(options.ScoreLog, Identity(benchmark, scorers, options), take);
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
