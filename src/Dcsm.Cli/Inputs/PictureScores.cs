using System.Collections.Concurrent;
using System.Globalization;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.IO.Progress;
using Dcsm.Maps;
using Dcsm.Scoring;

namespace Dcsm.Cli.Inputs;

/// <summary>Scores pictures, batch by batch, and writes the scores as they come.</summary>
/// <param name="input">What is to be scored.</param>
/// <param name="clipDirectory">The CLIP.</param>
/// <param name="headDirectory">The head, or <see cref="CommonOptions.MatchingHead"/>; null to score by CLIP's cosine.</param>
/// <param name="compatibility">Whose habits are followed.</param>
internal sealed class PictureScores(ScoreInput input, string clipDirectory, string? headDirectory, Compatibility? compatibility)
{
    private static readonly int CaptionsAtOnce = new DcsmScorerOptions().CaptionBatchSize;

    // What is wrong with each picture that could not be read, by its file.
    private readonly ConcurrentDictionary<string, string> _broken = new(StringComparer.Ordinal);

    public bool Cosines { get; init; }

    public required string Format { get; init; }

    public string? File { get; init; }

    public ClipPrecision Precision { get; init; }

    public PictureOrientation? Orientation { get; init; }

    /// <summary>What encodes.</summary>
    public ClipDevice Device { get; init; }

    public int Threads { get; init; }

    /// <summary>Whether the table shows scores rather than probabilities.</summary>
    public bool Logits { get; init; }

    /// <summary>Whether each caption's share among those of its picture is shown.</summary>
    public bool Softmax { get; init; }

    /// <summary>Whether the best come first: of each picture, or of all where there is one caption or a table of pairs.</summary>
    public bool Sort { get; init; }

    /// <summary>How many of the best are shown; null for all.</summary>
    public int? Top { get; init; }

    public bool SkipBroken { get; init; }

    /// <summary>The part of a list that is scored, which keeps its scores for itself; null for all of it.</summary>
    public ScoreShard? Shard { get; init; }

    /// <summary>How pictures are decoded.</summary>
    public required PictureOptions Pictures { get; init; }

    public void Run(Terminal terminal, CancellationToken cancellationToken)
    {
        bool matches = headDirectory is CommonOptions.MatchingHead;
        DcsmHead? head = headDirectory is null || matches ? null : Compatibility.Head(compatibility, headDirectory);
        ClipOptions options = Compatibility.Clip(compatibility, terminal, Threads, Precision, Orientation, Pictures) with
        {
            Device = Device,
        };
        using var clip = ClipModel.Load(clipDirectory, options);
        DcsmScorer? scorer = head is null ? null : Scorer(clip, head, Threads, SkipBroken, terminal);
        ImageTextMatcher? matcher = matches ? Matcher(clip, terminal) : null;
        if (Shard?.Begin(ShardFacts.Of(clip, head, headDirectory, compatibility?.Name), Cosines, Softmax, terminal) == false)
            return;
        HashSet<string> cut = Cut(input, clip, head);
        var layout = new ScoreLayout
        {
            Skipped = SkipBroken ? () => input.Without(_broken).Skipped : null,
            OtherColumns = input.OtherColumns,
            AnyTruncated = cut.Count > 0,
            Sorted = Sort || Top is not null,
            Logits = Logits,
            Softmax = Softmax,
            HasCalibration = matches || (head is null ? clip.LogitBias is not null : head.Config.Calibration is not null),
        };
        var source = new ScoreSource(clipDirectory, clip.Fingerprint, clip.Precision, headDirectory, null)
        {
            Orientation = clip.Pictures.Orientation,
        };
        bool shown = Format == "table";
        IReadOnlyList<ScoredPair> table;
        long count = 0;
        try
        {
            table = ProgressView.Track<IReadOnlyList<ScoredPair>>(
                terminal,
                "Scoring",
                "pairs",
                progress =>
                {
                    IEnumerable<ScoredPair> scores = Best(
                        ScoreProbabilities.Add(
                            Score(clip, scorer, matcher, input, cut, progress, cancellationToken),
                            head,
                            Softmax ? input.Captions.Count : null,
                            ProbabilityOf(clip, matches)
                        ),
                        input
                    );
                    // A table is shown when the progress is over; all else is written as it comes.
                    if (shown)
                        return [.. scores];
                    if (Shard is not null)
                        Shard.Write(scores.Select(Counted), source, Cosines, layout, _broken);
                    else
                        ScoreWriter.Deliver(scores.Select(Counted), source, Cosines, Format, File, terminal, layout);
                    return [];
                }
            );
        }
        catch (InvalidDataException e) when (!SkipBroken)
        {
            string what = (input.IsPairs ? input.WithRow(e) : e).Message.TrimEnd('.');
            throw new InvalidDataException($"{what}; --skip-broken leaves such pictures out", e);
        }

        BrokenPictures.Tell(input.Images, _broken, terminal);
        TellOfForeign(clip, input.Images.FirstOrDefault(image => !_broken.ContainsKey(image)), terminal);
        if (shown)
            ScoreWriter.Deliver(table, source, Cosines, Format, File, terminal, layout);
        else if ((File ?? Shard?.Folder) is { } place)
            terminal.Remark($"{NumberText.Count(count, "score")} in {place}");

        ScoredPair Counted(ScoredPair pair)
        {
            count++;
            return pair;
        }
    }

    private void TellOfForeign(ClipModel clip, string? picture, Terminal terminal)
    {
        if (clip.KnownWords is null || picture is null || !IsForeign(picture))
            return;
        terminal.Remark(
            $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(clipDirectory))} has only ever seen scenes of this toolkit, "
                + "never a photograph: don't rely on what it says of one"
        );
    }

    /// <summary>Whether a picture is no scene: those are square PNG files, which their heads tell.</summary>
    private static bool IsForeign(string picture)
    {
        using Stream file = ContainedFile.OpenRead(picture);
        byte[] head = new byte[24];
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
            || !head.AsSpan(12, 4).SequenceEqual("IHDR"u8)
            || !head.AsSpan(16, 4).SequenceEqual(head.AsSpan(20, 4));
    }

    private static Func<double, double>? ProbabilityOf(ClipModel clip, bool matches) =>
        matches ? probability => probability
        : clip.LogitBias is null ? null
        : clip.Probability;

    /// <summary>The model's matching head; says what it costs, which is much.</summary>
    private ImageTextMatcher Matcher(ClipModel clip, Terminal terminal)
    {
        ImageTextMatcher matcher = MatcherProbabilities.Of(clip);
        int longest = input.Captions.Max(caption => clip.Tokenizer.Tokenize(caption, clip.Config.Text.ContextLength).Length);
        terminal.Remark(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{NumberText.Count(input.Count, "pair")} go through the text tower, each up to "
                    + $"{matcher.CostOfPair(longest) / 1e9:0.00} billion multiplications"
            )
        );
        return matcher;
    }

    private static HashSet<string> Cut(ScoreInput whole, ClipModel clip, DcsmHead? head) =>
        [
            .. whole
                .Captions.Distinct(StringComparer.Ordinal)
                .Where(caption =>
                    head is null
                        ? clip.IsTruncated(caption)
                        : clip.Tokenizer.Tokenize(head.Config.Read(caption), head.Config.TextTokens).Truncated
                ),
        ];

    /// <summary>Opens a scorer, and says what can be named instead where CLIP and head don't fit.</summary>
    public static DcsmScorer Scorer(ClipModel clip, DcsmHead head, int threads, bool skipBroken, Terminal terminal)
    {
        try
        {
            return new DcsmScorer(
                clip,
                head,
                new DcsmScorerOptions
                {
                    Threads = threads,
                    SkipBroken = skipBroken,
                    Warn = terminal.Warning,
                }
            );
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                $"{e.Message.TrimEnd('.')}; --head names a head of this CLIP, and --head {CommonOptions.NoHead} scores by CLIP's cosine",
                e
            );
        }
    }

    private IEnumerable<ScoredPair> Best(IEnumerable<ScoredPair> scores, ScoreInput whole) =>
        !Sort && Top is null ? scores
        : whole.IsPairs || whole.Captions.Count == 1 ? Best(scores)
        : scores.GroupBy(score => score.Image).SelectMany(Best);

    private IEnumerable<ScoredPair> Best(IEnumerable<ScoredPair> scores) =>
        scores.OrderByDescending(score => score.Score).Take(Top ?? int.MaxValue);

    private IEnumerable<ScoredPair> Score(
        ClipModel clip,
        DcsmScorer? scorer,
        ImageTextMatcher? matcher,
        ScoreInput whole,
        HashSet<string> cut,
        IProgress<WorkProgress> progress,
        CancellationToken cancellationToken
    )
    {
        Action<ImageSource, Exception>? failed = SkipBroken ? Leave : null;
        IEnumerable<float>? cosines =
            !Cosines && (scorer is not null || matcher is not null) ? null
            : whole.IsPairs ? ClipCosines.Pairs(clip, whole.Images, whole.Captions, failed, cancellationToken)
            : ClipCosines.All(clip, whole.Images, whole.Captions, failed, cancellationToken);
        using IEnumerator<float>? cosine = Cosines ? cosines!.GetEnumerator() : null;
        long number = 0;
        if (whole.Count == 0)
            yield break;
        IEnumerable<float> scores =
            scorer is not null ? Scores(scorer, whole, cancellationToken)
            : matcher is null ? cosines!
            : whole.IsPairs ? MatcherProbabilities.Pairs(matcher, whole.Images, whole.Captions, failed, cancellationToken)
            : MatcherProbabilities.All(matcher, whole.Images, whole.Captions, failed, cancellationToken);
        foreach (float score in scores)
        {
            float? own = cosine?.MoveNext() == true ? cosine.Current : null;
            if (!_broken.ContainsKey(whole.ImageOf(number)))
                yield return whole.Join(number, score, own, cut);
            progress.Report(new WorkProgress(++number, whole.Count));
        }

        // Says so where nothing is left.
        whole.Without(_broken);
    }

    private void Leave(ImageSource image, Exception error) => _broken[image.Name] = error.Message;

    /// <summary>Whether a picture could not be read, and is left out for it; throws where none may be.</summary>
    private bool Left(ImageResult result)
    {
        if (!SkipBroken)
            result.ThrowIfFailed();
        if (result.Error is { } error)
            Leave(result.Image, error);
        return result.Error is not null;
    }

    /// <summary>The head's scores in order; of what is left out they mean nothing.</summary>
    private IEnumerable<float> Scores(DcsmScorer scorer, ScoreInput whole, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImageSource> images = ImageSource.FromFiles(whole.Images);
        if (whole.IsPairs)
            return InOrder(scorer.ScorePairsAsync(images, whole.Captions, cancellationToken), whole.Images.Count);
        // A head that standardizes all together needs them together; else so many captions are not held at once.
        return whole.Captions.Count <= CaptionsAtOnce || scorer.Head.Config.Standardization == MapStandardization.WholeBatch
            ? Rows(scorer, images, whole.Captions, cancellationToken).SelectMany(row => row)
            : InParts(scorer, images, whole.Captions, cancellationToken).Cast<float>();
    }

    private IEnumerable<IEnumerable<float>> Rows(
        DcsmScorer scorer,
        IReadOnlyList<ImageSource> images,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken
    )
    {
        foreach (
            ImageResult result in scorer
                .ScoreAsync(images, scorer.Encode(captions, cancellationToken), cancellationToken)
                .ToBlockingEnumerable(cancellationToken)
        )
        {
            yield return Left(result) ? captions.Select(_ => float.NaN) : result.Scores.Select(score => score.Logit);
        }
    }

    /// <summary>[images, captions]</summary>
    private float[,] InParts(
        DcsmScorer scorer,
        IReadOnlyList<ImageSource> images,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken
    )
    {
        float[,] scores = new float[images.Count, captions.Count];
        for (int first = 0; first < captions.Count; first += CaptionsAtOnce)
        {
            string[] part = [.. captions.Skip(first).Take(CaptionsAtOnce)];
            foreach ((int image, IEnumerable<float> row) in Rows(scorer, images, part, cancellationToken).Index())
            {
                foreach ((int caption, float score) in row.Index())
                    scores[image, first + caption] = score;
            }
        }
        return scores;
    }

    // Pairs of the same picture are scored together, wherever they stand.
    private IEnumerable<float> InOrder(IAsyncEnumerable<ImageResult> pairs, int count)
    {
        float?[] scores = new float?[count];
        int next = 0;
        foreach (ImageResult pair in pairs.ToBlockingEnumerable())
        {
            scores[pair.Number] = Left(pair) ? float.NaN : pair.Scores[0].Logit;
            for (; next < count && scores[next] is { } score; next++)
                yield return score;
        }
    }
}
