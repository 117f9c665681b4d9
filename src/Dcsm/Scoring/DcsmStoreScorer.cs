using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Maps;

namespace Dcsm.Scoring;

/// <summary>
/// Scores images whose embeddings are on disk, without their CLIP. Scores come in lots of images, so that memory holds no more than
/// a lot of embeddings, captions and scores.
/// </summary>
/// <remarks>
/// From a store in float32 the scores are those of <see cref="DcsmScorer"/> on the pictures themselves, to the bit, where both have
/// the same options.
/// </remarks>
public sealed class DcsmStoreScorer
{
    private readonly DcsmScorerOptions _options;

    /// <summary>Joins a store and a head.</summary>
    /// <param name="store">The embeddings; stays the caller's to dispose of.</param>
    /// <param name="head">The head.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The head was trained on another CLIP than made the embeddings, or there are no images.</exception>
    public DcsmStoreScorer(TokenEmbeddingStore store, DcsmHead head, DcsmScorerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(head);
        _options = DcsmScorerOptions.Checked(options);
        (Store, Head) = (store, head);
        (EmbeddingStoreInfo? info, DcsmConfig? config) = (store.Info, head.Config);
        if (info.ImageTokens != config.ImageTokens || info.Dimension != config.Dimension || info.ClipFingerprint != config.ClipFingerprint)
        {
            throw new InvalidDataException(
                $"{(head.Directory is { } directory ? $"The head in {directory}" : "The head")} was trained on {config.ClipName ?? "a CLIP"}, {config.ImageTokens} image tokens of {config.Dimension}, "
                    + $"fingerprint {config.ClipFingerprint}; the embeddings in {store.Directory} are of {info.ClipName}, {info.ImageTokens} of {info.Dimension}, fingerprint {info.ClipFingerprint}."
            );
        }
        if (info.Images == 0)
            throw new InvalidDataException($"{store.Directory}: holds no images, only captions.");
    }

    /// <summary>The embeddings.</summary>
    public TokenEmbeddingStore Store { get; }

    /// <summary>The head.</summary>
    public DcsmHead Head { get; }

    /// <summary>Scores every image with every caption of the store.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Lots of images in their order; each is computed when it is asked for.</returns>
    /// <exception cref="InvalidDataException">The store has no captions, or captions of another length than the head reads; or, while lots are fetched, a file is damaged.</exception>
    public IEnumerable<ImageScores> Score(CancellationToken cancellationToken = default) =>
        Score([.. Enumerable.Range(0, Store.Info.Captions)], cancellationToken);

    /// <summary>Scores every image with some captions of the store.</summary>
    /// <param name="captions">Numbers of the captions.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <inheritdoc cref="Score(CancellationToken)"/>
    public IEnumerable<ImageScores> Score(IReadOnlyList<int> captions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(captions);
        CheckCaptions();
        int[][] lots = captions.Chunk(_options.CaptionsAtATime).ToArray();
        TextEncoding? single = lots.Length == 1 ? Read(lots[0], new HashSet<int>()) : null;
        var warned = new HashSet<int>();
        return Score(lots.Length, lot => single ?? Read(lots[lot], warned), captions.Count, cancellationToken);
    }

    /// <summary>Scores every image with captions that were encoded just now, by the CLIP that made the store.</summary>
    /// <param name="captions">Captions encoded to <see cref="DcsmConfig.TextTokens"/> tokens.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Lots of images in their order; each is computed when it is asked for.</returns>
    /// <exception cref="ArgumentException">The encoding's shapes do not fit the head.</exception>
    /// <exception cref="InvalidDataException">While lots are fetched: a file is damaged.</exception>
    public IEnumerable<ImageScores> Score(TextEncoding captions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(captions);
        EncodingShapes.CheckCaptions(Head.Config, captions);
        int count = captions.Tokens.Count;
        TextEncoding[] lots =
            count <= _options.CaptionsAtATime
                ? [captions]
                :
                [
                    .. Enumerable
                        .Range(0, (count + _options.CaptionsAtATime - 1) / _options.CaptionsAtATime)
                        .Select(lot =>
                            Slice(
                                captions,
                                lot * _options.CaptionsAtATime,
                                Math.Min(_options.CaptionsAtATime, count - (lot * _options.CaptionsAtATime))
                            )
                        ),
                ];
        return Score(lots.Length, lot => lots[lot], count, cancellationToken);
    }

    /// <summary>Scores the pairs that the store names.</summary>
    /// <param name="progress">Told the number of pairs scored so far.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Scores in the order of <see cref="TokenEmbeddingStore.Pairs"/>. [pairs]</returns>
    /// <exception cref="InvalidDataException">A file is damaged, or the store's captions have another length than the head reads.</exception>
    public float[] ScorePairs(IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        CheckCaptions();
        var scoring = new EncodedPairScorer(Head, Head.Engine, _options.Threads, cancellationToken);
        List<PairBatch<int>> lots = PairBatches.Create<int>(
            [.. Store.Pairs.Select(pair => pair.Image)],
            [.. Store.Pairs.Select(pair => pair.Caption)],
            _options.ImagesAtATime,
            _options.CaptionsAtATime
        );
        var warned = new HashSet<int>();
        MapStatistics? together = null;
        if (Head.Config.Standardization == MapStandardization.WholeBatch)
        {
            together = lots.Aggregate(
                default(MapStatistics),
                (sum, lot) => sum.Merge(scoring.Measure(Store.ReadImages(lot.Images), Read(lot.Captions, warned), lot.Pairs))
            );
        }
        float[] scores = new float[Store.Pairs.Count];
        long done = 0L;
        foreach (PairBatch<int> lot in lots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[] lotScores = scoring.Pairs(Store.ReadImages(lot.Images), Read(lot.Captions, warned), lot.Pairs, together);
            for (int i = 0; i < lotScores.Length; i++)
                scores[lot.Numbers[i]] = lotScores[i];
            progress?.Report(done += lotScores.Length);
        }
        return scores;
    }

    // The lots are those of StreamedScoring, for what is scored together decides the last bit; but images come first, so that their
    // rows are complete.
    private IEnumerable<ImageScores> Score(
        int captionLots,
        Func<int, TextEncoding> captions,
        int captionCount,
        CancellationToken cancellationToken
    )
    {
        var scoring = new EncodedPairScorer(Head, Head.Engine, _options.Threads, cancellationToken);
        var reader = new LotReader(Store, _options.ImagesAtATime);
        MapStatistics? together = null;
        if (Head.Config.Standardization == MapStandardization.WholeBatch)
        {
            var sum = default(MapStatistics);
            for (int lot = 0; lot < captionLots; lot++)
            {
                TextEncoding texts = captions(lot);
                for (int image = 0; image < Store.Info.Images; image += _options.ImagesAtATime)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    sum = sum.Merge(scoring.Measure(reader.Read(image), texts));
                }
            }
            together = sum;
        }
        for (int image = 0; image < Store.Info.Images; image += _options.ImagesAtATime)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImageEncoding images = reader.Read(image);
            if (captionLots == 1)
            {
                yield return new ImageScores(image, scoring.All(images, captions(0), together));
                continue;
            }
            float[,] scores = new float[images.Tokens.Count, captionCount];
            int first = 0;
            for (int lot = 0; lot < captionLots; lot++)
            {
                float[,] lotScores = scoring.All(images, captions(lot), together);
                for (int i = 0; i < lotScores.GetLength(0); i++)
                {
                    for (int caption = 0; caption < lotScores.GetLength(1); caption++)
                        scores[i, first + caption] = lotScores[i, caption];
                }
                first += lotScores.GetLength(1);
            }
            yield return new ImageScores(image, scores);
        }
    }

    private void CheckCaptions()
    {
        if (Store.Info.Captions == 0)
            throw new InvalidDataException($"{Store.Directory}: holds no captions, only images.");
        if (Store.Info.TextTokens != Head.Config.TextTokens)
        {
            throw new InvalidDataException(
                $"{Store.Directory}: its captions have {Store.Info.TextTokens} tokens; the head reads {Head.Config.TextTokens}."
            );
        }
    }

    private TextEncoding Read(IReadOnlyList<int> captions, HashSet<int> warned)
    {
        TextEncoding texts = Store.ReadCaptions(captions);
        for (int i = 0; _options.Warn is { } warn && i < captions.Count; i++)
        {
            if (texts.Texts[i].Truncated && warned.Add(captions[i]))
                warn(StreamedScoring.TruncationWarning(texts.Texts[i], Head.Config.TextTokens));
        }
        return texts;
    }

    private static TextEncoding Slice(TextEncoding texts, int first, int count) =>
        new(Slice(texts.Tokens, first, count), Slice(texts.Pooled, first, count), [.. texts.Texts.Skip(first).Take(count)]);

    private static TokenEmbeddings Slice(TokenEmbeddings tokens, int first, int count)
    {
        int size = tokens.Tokens * tokens.Dimension;
        return new TokenEmbeddings(tokens.Values[(first * size)..((first + count) * size)], count, tokens.Tokens, tokens.Dimension);
    }

    // Full lots are read into the same memory; a lot of ViT-B/16 takes 26 MB.
    private sealed class LotReader(TokenEmbeddingStore store, int size)
    {
        private ImageEncoding? _full;

        internal ImageEncoding Read(int first)
        {
            int count = Math.Min(size, store.Info.Images - first);
            if (count < size)
                return store.ReadImages(first, count);
            if (_full is null)
                return _full = store.ReadImages(first, count);
            store.ReadImages([.. Enumerable.Range(first, count)], _full);
            return _full;
        }
    }
}
