using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.IO.Collections;
using Dcsm.IO.Progress;
using Dcsm.Maps;
using Dcsm.Scoring;

namespace Dcsm.Cli.Inputs;

/// <summary>Scores what <c>dcsm encode</c> wrote, batch by batch, and writes the scores as they come.</summary>
/// <param name="directories">The embeddings; several as if they were one.</param>
/// <param name="clipName">The CLIP that encodes captions which are not there.</param>
/// <param name="headDirectory">The head; null to score by CLIP's cosine.</param>
/// <param name="compatibility">Whose habits are followed.</param>
internal sealed class StoredScores(IReadOnlyList<string> directories, string? clipName, string? headDirectory, Compatibility? compatibility)
{
    private const int ImagesAtOnce = 64,
        ReportEvery = 1 << 10;

    // The cosine looks at the pooled embeddings alone, so any number of dense tokens will do.
    private const int FewTokens = 2;

    private const long LargestTable = 100_000;

    public bool Grid { get; init; }

    /// <summary>Whether all of them are read first, to see that they are what was written.</summary>
    public bool Verify { get; init; }

    public bool Cosines { get; init; }

    public required string Format { get; init; }

    public string? File { get; init; }

    public int Threads { get; init; }

    /// <summary>What computes the head.</summary>
    public ClipDevice Device { get; init; }

    /// <summary>Whether the table shows scores rather than probabilities.</summary>
    public bool Logits { get; init; }

    /// <summary>Whether each caption's share among those of its picture is shown.</summary>
    public bool Softmax { get; init; }

    /// <param name="captions">To be scored with every picture; none for what the embeddings hold.</param>
    /// <param name="terminal">Where progress, remarks and results go.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    // Long because each check needs what the one before opened.
    public void Run(IReadOnlyList<string> captions, Terminal terminal, CancellationToken cancellationToken)
    {
        DcsmHead? head = headDirectory is null ? null : Compatibility.Head(compatibility, headDirectory);
        using var stores = OpenedStores.Open(directories, Grid || captions.Count > 0);
        string directory = stores.Name;
        TokenEmbeddingStore store = stores.All[0];
        foreach (TokenEmbeddingStore own in stores.All.Where(_ => Verify))
        {
            if (!ProgressView.Track(terminal, "Verifying", "bytes", progress => own.Verify(progress, cancellationToken)))
            {
                terminal.Warning(
                    $"{own.Directory}: was made by a version that kept nothing to tell its numbers by; only its lists were checked"
                );
            }
        }

        ClipOptions clipOptions = Compatibility.Clip(compatibility, terminal, Threads);
        if (store.Info.Tokenizer != clipOptions.Tokenizer || store.Info.Transparency != clipOptions.Transparency)
        {
            throw new InvalidDataException(
                compatibility is null
                    ? $"{directory}: was encoded with --compat, and is to be scored with it too"
                    : $"{directory}: was encoded without --compat {compatibility.Name}, and is to be scored so too"
            );
        }

        if (stores.Images == 0)
            throw new InvalidDataException($"{directory}: holds no images, only captions");
        DcsmHead? onDevice = head?.On(Device, half: store.Info.Precision == ClipPrecision.Float16);
        (TokenEmbeddingStore Store, DcsmStoreScorer? Scorer)[] scorers =
        [
            .. stores
                .All.Where(own => own.Info.Images > 0)
                .Select(own =>
                    (
                        own,
                        onDevice is null ? null : new DcsmStoreScorer(own, onDevice, new() { Threads = Threads, Warn = terminal.Warning })
                    )
                ),
        ];
        if (stores.All.Count > 1 && head?.Config.Standardization == MapStandardization.WholeBatch)
            throw new InvalidDataException($"{directory}: this head standardizes all maps together; merge the embeddings to one store");
        bool pairs = captions.Count == 0 && !Grid && stores.Pairs > 0;
        if (pairs && stores.All.FirstOrDefault(own => own.Info.Pairs == 0) is { } lonely)
            throw new InvalidDataException($"{lonely.Directory}: holds no pairs, and others do; --grid does without them");
        if (captions.Count == 0 && stores.All.All(own => own.Info.Captions == 0))
            throw new ArgumentException($"{directory}: holds no captions; give --caption \"…\" or --captions FILE");
        IReadOnlyList<string> asked =
            pairs ? []
            : captions.Count > 0 ? captions
            : stores.Captions;
        long count = pairs ? stores.Pairs : (long)stores.Images * asked.Count;
        if (Format == "table" && count > LargestTable)
            throw new ArgumentException($"{count} scores are too many for a table; give --out FILE, --csv or --json");

        // Captions that were encoded in other words than the head reads are encoded anew, as are those that were not encoded.
        bool IsOf(TokenEmbeddingStore own, int caption) =>
            head is null || head.Config.Read(own.Caption(caption)) == own.EncodedCaption(caption);
        bool IsAsRead(int caption) => IsOf(store, caption);
        if (!pairs && captions.Count == 0 && (stores.All.Count > 1 || !Enumerable.Range(0, store.Info.Captions).All(IsAsRead)))
            captions = asked;
        int[] stored =
            captions.Count == 0 ? [.. Enumerable.Range(0, store.Info.Captions)]
            : head is null || store.Info.TextTokens == head.Config.TextTokens
                ? [.. captions.Select(caption => store.FindCaption(caption) is var found and >= 0 && IsAsRead(found) ? found : -1)]
            : [-1];
        TextEncoding? encoded = null;
        TokenEmbeddings? pooled = null;
        string? clipDirectory = null;
        HashSet<string> cut;
        if (
            stores.All.Count > 1
            && !pairs
            && (head is null || store.Info.TextTokens == head.Config.TextTokens)
            && stores.Find(captions, IsOf) is { } found
        )
        {
            encoded = head is null ? null : found.Encoding;
            pooled = Cosines || head is null ? found.Encoding.Pooled : null;
            cut = [.. captions.Where((_, i) => head is null ? found.PooledTruncated[i] : found.Encoding.Texts[i].Truncated)];
        }
        else if (captions.Count > 0 && (stores.All.Count > 1 || stored.Contains(-1)))
        {
            clipDirectory = ClipDirectory.Of(clipName);
            using var clip = ClipModel.Load(clipDirectory, clipOptions);
            store.Check(clip);
            encoded = head is null ? null : clip.EncodeTexts(head.Config.Read(captions), head.Config.TextTokens, cancellationToken);
            pooled = Cosines || head is null ? clip.EncodeTexts(captions, FewTokens, cancellationToken).Pooled : null;
            cut = [.. captions.Where((caption, i) => encoded?.Texts[i].Truncated ?? clip.IsTruncated(caption))];
            foreach (TokenizedText text in (encoded?.Texts ?? []).Where(text => text.Truncated).DistinctBy(text => text.Text))
            {
                terminal.Warning(
                    $"a caption is longer than the {text.Ids.Count} tokens that the head reads (start and end included) "
                        + $"and is cut after '{text.ReadText}'"
                );
            }
        }
        else
        {
            cut =
            [
                .. (pairs ? stores.All : [store]).SelectMany(own =>
                    (pairs ? Enumerable.Range(0, own.Info.Captions) : stored)
                        .Where(i => head is null ? own.IsPooledTruncated(i) : own.IsTruncated(i))
                        .Select(own.Caption)
                ),
            ];
            pooled = !pairs && (Cosines || head is null) ? store.ReadPooledCaptions(stored) : null;
        }

        var layout = new ScoreLayout
        {
            Logits = Logits,
            Softmax = Softmax && !pairs,
            HasCalibration = head?.Config.Calibration is not null,
            AnyTruncated = cut.Count > 0,
        };
        var source = new ScoreSource(clipDirectory, store.Info.ClipFingerprint, store.Info.Precision, headDirectory, directory);
        IReadOnlyList<ScoredPair> table = ProgressView.Track<IReadOnlyList<ScoredPair>>(
            terminal,
            "Scoring",
            "pairs",
            progress =>
            {
                long done = 0;
                void Report(long pair) => progress.Report(new WorkProgress(pair, count));
                IEnumerable<ScoredPair> found = scorers
                    .SelectMany(own =>
                        pairs
                            ? Pairs(
                                own.Store,
                                own.Scorer,
                                new DelegateProgress<WorkProgress>(at => Report(done + at.Done)),
                                cancellationToken
                            )
                            : All(
                                own.Store,
                                own.Scorer is null ? null
                                    : encoded is null ? own.Scorer.Score(stored, cancellationToken)
                                    : own.Scorer.Score(encoded, cancellationToken),
                                asked,
                                pooled,
                                cancellationToken
                            )
                    )
                    .Select(pair =>
                    {
                        done++;
                        // A head tells of pairs as it scores them, before any comes.
                        if ((!pairs || head is null) && (done % ReportEvery == 0 || done == count))
                            Report(done);
                        return pair;
                    });
                IEnumerable<ScoredPair> scores = ScoreProbabilities.Add(
                    found.Select(pair => cut.Contains(pair.Caption) ? pair with { Truncated = true } : pair),
                    head,
                    Softmax && !pairs ? asked.Count : null
                );
                // A table is shown when the progress is over; all else is written as it comes.
                if (Format == "table")
                    return [.. scores];
                ScoreWriter.Deliver(scores, source, Cosines, Format, File, terminal, layout);
                return [];
            }
        );
        if (Format == "table")
            ScoreWriter.Deliver(table, source, Cosines, Format, File, terminal, layout);
        else if (File is not null)
            terminal.Remark($"{NumberText.Count(count, "score")} in {File}");
    }

    /// <param name="batches">The head's scores; null where there is no head.</param>
    /// <param name="pooled">CLIP's embeddings of the captions; null where no cosine is asked for.</param>
    private static IEnumerable<ScoredPair> All(
        TokenEmbeddingStore store,
        IEnumerable<ImageScores>? batches,
        IReadOnlyList<string> captions,
        TokenEmbeddings? pooled,
        CancellationToken cancellationToken
    )
    {
        IEnumerable<(int First, int Count, Grid<float>? Scores)> ranges = batches is null
            ? Enumerable.Range(0, store.Info.Images).Chunk(ImagesAtOnce).Select(images => (images[0], images.Length, (Grid<float>?)null))
            : batches.Select(batch => (batch.FirstImage, batch.Images, (Grid<float>?)batch.Scores));
        foreach ((int first, int count, Grid<float>? scores) in ranges)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[,]? cosines = pooled is null ? null : ClipScorer.Cosines(store.ReadPooledImages(first, count), pooled);
            for (int i = 0; i < count; i++)
            {
                string image = store.Image(first + i).Name;
                for (int caption = 0; caption < captions.Count; caption++)
                    yield return Scored(null, image, captions[caption], scores?[i, caption], cosines?[i, caption]);
            }
        }
    }

    private IEnumerable<ScoredPair> Pairs(
        TokenEmbeddingStore store,
        DcsmStoreScorer? scorer,
        IProgress<WorkProgress> progress,
        CancellationToken cancellationToken
    )
    {
        float[]? scores = scorer?.ScorePairs(progress, cancellationToken);
        for (int i = 0; i < store.Pairs.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoredPair pair = store.Pairs[i];
            float? cosine =
                Cosines || scorer is null
                    ? ClipScorer.Cosines(store.ReadPooledImages(pair.Image, 1), store.ReadPooledCaptions([pair.Caption]))[0, 0]
                    : null;
            yield return Scored(pair.Row, store.Image(pair.Image).Name, store.Caption(pair.Caption), scores?[i], cosine);
        }
    }

    // Without a head the cosine is the score.
    private static ScoredPair Scored(int? row, string image, string caption, float? score, float? cosine) =>
        score is { } own ? new ScoredPair(row, image, caption, own, cosine) : new ScoredPair(row, image, caption, cosine!.Value, null);
}
