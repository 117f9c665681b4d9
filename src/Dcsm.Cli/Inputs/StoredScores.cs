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
using Dcsm.Scoring;

namespace Dcsm.Cli.Inputs;

/// <summary>Scores what <c>dcsm encode</c> wrote, batch by batch, and writes the scores as they come.</summary>
/// <param name="directory">The embeddings.</param>
/// <param name="clipName">The CLIP that encodes captions which are not there.</param>
/// <param name="headDirectory">The head; null to score by CLIP's cosine.</param>
/// <param name="compatibility">Whose habits are followed.</param>
internal sealed class StoredScores(string directory, string? clipName, string? headDirectory, Compatibility? compatibility)
{
    private const int ImagesAtOnce = 64;

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
        using var store = TokenEmbeddingStore.Open(directory);
        if (Verify && !ProgressView.Track(terminal, "Verifying", "bytes", progress => store.Verify(progress, cancellationToken)))
            terminal.Warning($"{directory}: was made by a version that kept nothing to tell its numbers by; only its lists were checked");
        ClipOptions clipOptions = Compatibility.Clip(compatibility, terminal, Threads);
        if (store.Info.Tokenizer != clipOptions.Tokenizer || store.Info.Transparency != clipOptions.Transparency)
        {
            throw new InvalidDataException(
                compatibility is null
                    ? $"{directory}: was encoded with --compat, and is to be scored with it too"
                    : $"{directory}: was encoded without --compat {compatibility.Name}, and is to be scored so too"
            );
        }

        DcsmStoreScorer? scorer = head is null
            ? null
            : new DcsmStoreScorer(store, head.On(Device), new DcsmScorerOptions { Threads = Threads, Warn = terminal.Warning });
        if (store.Info.Images == 0)
            throw new InvalidDataException($"{directory}: holds no images, only captions");
        bool pairs = captions.Count == 0 && !Grid && store.Info.Pairs > 0;
        if (captions.Count == 0 && store.Info.Captions == 0)
            throw new ArgumentException($"{directory}: holds no captions; give --caption \"…\" or --captions FILE");
        long count = pairs ? store.Info.Pairs : (long)store.Info.Images * (captions.Count > 0 ? captions.Count : store.Info.Captions);
        if (Format == "table" && count > LargestTable)
            throw new ArgumentException($"{count} scores are too many for a table; give --out FILE, --csv or --json");

        // Captions that were encoded in other words than the head reads are encoded anew, as are those that were not encoded.
        bool IsAsRead(int caption) => head is null || head.Config.Read(store.Caption(caption)) == store.EncodedCaption(caption);
        if (!pairs && captions.Count == 0 && !Enumerable.Range(0, store.Info.Captions).All(IsAsRead))
            captions = StoredCaptions(store);
        int[] stored =
            captions.Count == 0 ? [.. Enumerable.Range(0, store.Info.Captions)]
            : head is null || store.Info.TextTokens == head.Config.TextTokens
                ? [.. captions.Select(caption => store.FindCaption(caption) is var found and >= 0 && IsAsRead(found) ? found : -1)]
            : [-1];
        TextEncoding? encoded = null;
        TokenEmbeddings? pooled = null;
        string? clipDirectory = null;
        HashSet<string> cut;
        if (stored.Contains(-1))
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
            cut = [.. stored.Where(i => head is null ? store.IsPooledTruncated(i) : store.IsTruncated(i)).Select(store.Caption)];
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
                IEnumerable<ScoredPair> found = pairs
                    ? Pairs(store, scorer, progress, cancellationToken)
                    : All(
                        store,
                        scorer is null ? null
                            : encoded is null ? scorer.Score(stored, cancellationToken)
                            : scorer.Score(encoded, cancellationToken),
                        CaptionsOf(store, captions),
                        pooled,
                        progress,
                        cancellationToken
                    );
                IEnumerable<ScoredPair> scores = ScoreProbabilities.Add(
                    found.Select(pair => cut.Contains(pair.Caption) ? pair with { Truncated = true } : pair),
                    head,
                    Softmax && !pairs ? CaptionsOf(store, captions).Count : null
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

    private static IReadOnlyList<string> CaptionsOf(TokenEmbeddingStore store, IReadOnlyList<string> captions) =>
        captions.Count > 0 ? captions : StoredCaptions(store);

    private static string[] StoredCaptions(TokenEmbeddingStore store) =>
        [.. Enumerable.Range(0, store.Info.Captions).Select(store.Caption)];

    /// <param name="batches">The head's scores; null where there is no head.</param>
    /// <param name="pooled">CLIP's embeddings of the captions; null where no cosine is asked for.</param>
    private static IEnumerable<ScoredPair> All(
        TokenEmbeddingStore store,
        IEnumerable<ImageScores>? batches,
        IReadOnlyList<string> captions,
        TokenEmbeddings? pooled,
        IProgress<WorkProgress> progress,
        CancellationToken cancellationToken
    )
    {
        long done = 0;
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

            done += (long)count * captions.Count;
            progress.Report(new WorkProgress(done, (long)store.Info.Images * captions.Count));
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
            if (scorer is null)
                progress.Report(new WorkProgress(i + 1, store.Pairs.Count));
        }
    }

    // Without a head the cosine is the score.
    private static ScoredPair Scored(int? row, string image, string caption, float? score, float? cosine) =>
        score is { } own ? new ScoredPair(row, image, caption, own, cosine) : new ScoredPair(row, image, caption, cosine!.Value, null);
}
