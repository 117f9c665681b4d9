using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.IO.Progress;
using Dcsm.Scoring;

namespace Dcsm.Cli.Inputs;

/// <summary>Scores what <c>dcsm encode</c> wrote, batch by batch, and writes the scores as they come.</summary>
internal sealed class StoredScores(string directory, string? clipName, string headDirectory, Compatibility? compatibility)
{
    private const long LargestTable = 100_000;

    public bool Grid { get; init; }

    public bool Cosines { get; init; }

    public required string Format { get; init; }

    public string? File { get; init; }

    public int Threads { get; init; }

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
        DcsmHead head = Compatibility.Head(compatibility, headDirectory);
        using var store = TokenEmbeddingStore.Open(directory);
        ClipOptions clipOptions = Compatibility.Clip(compatibility, terminal, Threads);
        if (store.Info.Tokenizer != clipOptions.Tokenizer || store.Info.Transparency != clipOptions.Transparency)
        {
            throw new InvalidDataException(
                compatibility is null
                    ? $"{directory}: was encoded with --compat, and is to be scored with it too"
                    : $"{directory}: was encoded without --compat {compatibility.Name}, and is to be scored so too"
            );
        }

        var scorer = new DcsmStoreScorer(store, head, new DcsmScorerOptions { Threads = Threads, Warn = terminal.Warning });
        bool pairs = captions.Count == 0 && !Grid && store.Info.Pairs > 0;
        if (captions.Count == 0 && store.Info.Captions == 0)
            throw new ArgumentException($"{directory}: holds no captions; give --caption \"…\" or --captions FILE");
        long count = pairs ? store.Info.Pairs : (long)store.Info.Images * (captions.Count > 0 ? captions.Count : store.Info.Captions);
        if (Format == "table" && count > LargestTable)
            throw new ArgumentException($"{count} scores are too many for a table; give --out FILE, --csv or --json");

        // Captions that were encoded in other words than the head reads are encoded anew, as are those that were not encoded.
        bool IsAsRead(int caption) => head.Config.Read(store.Caption(caption)) == store.EncodedCaption(caption);
        if (!pairs && captions.Count == 0 && !Enumerable.Range(0, store.Info.Captions).All(IsAsRead))
            captions = StoredCaptions(store);
        int[] stored =
            captions.Count == 0 ? [.. Enumerable.Range(0, store.Info.Captions)]
            : store.Info.TextTokens == head.Config.TextTokens
                ? [.. captions.Select(caption => store.FindCaption(caption) is var found and >= 0 && IsAsRead(found) ? found : -1)]
            : [-1];
        TextEncoding? encoded = null;
        TokenEmbeddings? pooled = null;
        string? clipDirectory = null;
        if (stored.Contains(-1))
        {
            clipDirectory = ClipDirectory.Of(clipName);
            using var clip = ClipModel.Load(clipDirectory, clipOptions);
            store.Check(clip);
            encoded = clip.EncodeTexts(head.Config.Read(captions), head.Config.TextTokens);
            pooled = Cosines ? clip.EncodeTexts(captions, head.Config.TextTokens).Pooled : null;
            foreach (TokenizedText text in encoded.Texts.Where(text => text.Truncated).DistinctBy(text => text.Text))
            {
                terminal.Warning(
                    $"a caption is longer than the {head.Config.TextTokens} tokens that the head reads (start and end included) "
                        + $"and is cut after '{text.ReadText}'"
                );
            }
        }

        var layout = new ScoreLayout
        {
            Logits = Logits,
            Softmax = Softmax && !pairs,
            HasCalibration = head.Config.Calibration is not null,
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
                        encoded is null ? scorer.Score(stored, cancellationToken) : scorer.Score(encoded, cancellationToken),
                        CaptionsOf(store, captions),
                        !Cosines ? null : pooled ?? store.ReadPooledCaptions(stored),
                        progress
                    );
                IEnumerable<ScoredPair> scores = ScoreProbabilities.Add(
                    found,
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

    private static IEnumerable<ScoredPair> All(
        TokenEmbeddingStore store,
        IEnumerable<ImageScores> batches,
        IReadOnlyList<string> captions,
        TokenEmbeddings? pooled,
        IProgress<WorkProgress> progress
    )
    {
        long done = 0;
        foreach (ImageScores batch in batches)
        {
            float[,]? cosines = pooled is null ? null : ClipScorer.Cosines(store.ReadPooledImages(batch.FirstImage, batch.Images), pooled);
            for (int i = 0; i < batch.Images; i++)
            {
                string image = store.Image(batch.FirstImage + i).Name;
                for (int caption = 0; caption < captions.Count; caption++)
                    yield return new ScoredPair(null, image, captions[caption], batch.Scores[i, caption], cosines?[i, caption]);
            }

            done += batch.Scores.LongLength;
            progress.Report(new WorkProgress(done, (long)store.Info.Images * captions.Count));
        }
    }

    private IEnumerable<ScoredPair> Pairs(
        TokenEmbeddingStore store,
        DcsmStoreScorer scorer,
        IProgress<WorkProgress> progress,
        CancellationToken cancellationToken
    )
    {
        float[] scores = scorer.ScorePairs(progress, cancellationToken);
        for (int i = 0; i < scores.Length; i++)
        {
            StoredPair pair = store.Pairs[i];
            float? cosine = Cosines
                ? ClipScorer.Cosines(store.ReadPooledImages(pair.Image, 1), store.ReadPooledCaptions([pair.Caption]))[0, 0]
                : null;
            yield return new ScoredPair(pair.Row, store.Image(pair.Image).Name, store.Caption(pair.Caption), scores[i], cosine);
        }
    }
}
