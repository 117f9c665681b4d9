using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.IO.Progress;

namespace Dcsm.Scoring;

/// <summary>
/// Scores images whose embeddings are on disk, without their CLIP. Scores come in batches of images, so that memory holds no more
/// than a batch of embeddings, captions and scores.
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
    /// <exception cref="InvalidDataException">
    /// The head was trained on another CLIP than made the embeddings, or there are no images.
    /// </exception>
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
                $"{(head.Directory is { } directory ? $"The head in {directory}" : "The head")} was trained on "
                    + $"{config.ClipName ?? "a CLIP"}, {config.ImageTokens} image tokens of {config.Dimension}, "
                    + $"fingerprint {config.ClipFingerprint}; the embeddings in {store.Directory} are of {info.ClipName}, "
                    + $"{info.ImageTokens} of {info.Dimension}, fingerprint {info.ClipFingerprint}."
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
    /// <returns>Batches of images in their order; each is computed when it is asked for.</returns>
    /// <exception cref="InvalidDataException">
    /// The store has no captions, or captions of another length than the head reads; or, while batches are fetched, a file is damaged.
    /// </exception>
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
        return Scorer(_options, Store.ReadCaptions, cancellationToken).Rows(AllImages, captions);
    }

    /// <summary>Scores every image with captions that were encoded just now, by the CLIP that made the store.</summary>
    /// <param name="captions">Captions encoded to <see cref="DcsmConfig.TextTokens"/> tokens.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Batches of images in their order; each is computed when it is asked for.</returns>
    /// <exception cref="ArgumentException">The encoding's shapes do not fit the head.</exception>
    /// <exception cref="InvalidDataException">While batches are fetched: a file is damaged.</exception>
    public IEnumerable<ImageScores> Score(TextEncoding captions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(captions);
        EncodingShapes.CheckCaptions(Head.Config, captions);
        // Whoever encoded them was told of what is too long.
        return Scorer(_options with { Warn = null }, numbers => Part(captions, numbers), cancellationToken)
            .Rows(AllImages, [.. Enumerable.Range(0, captions.Tokens.Count)]);
    }

    /// <summary>Scores the pairs that the store names.</summary>
    /// <param name="progress">Told the pairs scored so far.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Scores in the order of <see cref="TokenEmbeddingStore.Pairs"/>. [pairs]</returns>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, or the store's captions have another length than the head reads.
    /// </exception>
    public float[] ScorePairs(IProgress<WorkProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CheckCaptions();
        return Scorer(_options, Store.ReadCaptions, cancellationToken)
            .Pairs([.. Store.Pairs.Select(pair => pair.Image)], [.. Store.Pairs.Select(pair => pair.Caption)], progress);
    }

    private int[] AllImages => [.. Enumerable.Range(0, Store.Info.Images)];

    private BatchScorer Scorer(
        DcsmScorerOptions options,
        Func<IReadOnlyList<int>, TextEncoding> captions,
        CancellationToken cancellationToken
    ) => new(Head, options, ReadImages, captions, cancellationToken);

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
        for (int i = 0; i < Store.Info.Captions; i++)
        {
            if (Head.Config.Read(Store.Caption(i)) is var read && read != Store.EncodedCaption(i))
            {
                throw new InvalidDataException(
                    $"{Store.Directory}: caption {i} was encoded as '{Excerpt.Of(Store.EncodedCaption(i))}'; "
                        + $"the head reads it as '{Excerpt.Of(read)}'."
                );
            }
        }
    }

    // Full batches are read into the same memory; one of ViT-B/16 takes 26 MB.
    private IEnumerable<ImageEncoding> ReadImages(IEnumerable<IReadOnlyList<int>> batches)
    {
        ImageEncoding? images = null;
        foreach (IReadOnlyList<int> batch in batches)
        {
            if (images?.Tokens.Count == batch.Count)
                Store.ReadImages(batch, images);
            else
                images = Store.ReadImages(batch);
            yield return images;
        }
    }

    /// <summary>Captions that follow each other.</summary>
    private static TextEncoding Part(TextEncoding captions, IReadOnlyList<int> numbers) =>
        numbers.Count == captions.Tokens.Count
            ? captions
            : new(
                Part(captions.Tokens, numbers[0], numbers.Count),
                Part(captions.Pooled, numbers[0], numbers.Count),
                [.. numbers.Select(number => captions.Texts[number])]
            );

    private static TokenEmbeddings Part(TokenEmbeddings captions, int first, int count)
    {
        int size = captions.Tokens * captions.Dimension;
        return new TokenEmbeddings(captions.Values.Slice(first * size, count * size).ToArray(), count, captions.Tokens, captions.Dimension);
    }
}
