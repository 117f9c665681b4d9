using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Progress;
using Dcsm.Maps;

namespace Dcsm.Scoring;

/// <summary>Scores pictures with captions: a CLIP and a head that was trained on it.</summary>
public sealed class DcsmScorer
{
    private readonly ClipModel _clip;
    private readonly DcsmScorerOptions _options;

    /// <summary>Joins a CLIP and a head.</summary>
    /// <param name="clip">The CLIP; stays the caller's to dispose of.</param>
    /// <param name="head">The head.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="InvalidDataException">
    /// The head was trained on another CLIP: the fingerprint or the shapes differ. The message says both.
    /// </exception>
    public DcsmScorer(ClipModel clip, DcsmHead head, DcsmScorerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(head);
        _clip = clip;
        _options = DcsmScorerOptions.Checked(options);
        Head = head;
        if (ClipOfHead.Check(clip, head) is { } wrong)
            throw new InvalidDataException(wrong);
    }

    /// <summary>The head.</summary>
    public DcsmHead Head { get; }

    /// <summary>
    /// Scores every picture with every caption. Pictures and captions are encoded in batches, so memory does not grow with their
    /// number but for the result.
    /// </summary>
    /// <param name="imagePaths">Picture files.</param>
    /// <param name="captions">Captions; one that is too long is cut as CLIP cuts, and <see cref="DcsmScorerOptions.Warn"/> is told.</param>
    /// <param name="progress">Told the pairs scored so far.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Scores, higher is a better match. [images, captions]</returns>
    /// <exception cref="ArgumentException">A caption is empty; the message names its index.</exception>
    /// <exception cref="FileNotFoundException">A picture does not exist.</exception>
    /// <exception cref="InvalidDataException">A picture cannot be read.</exception>
    public float[,] Score(
        IReadOnlyList<string> imagePaths,
        IReadOnlyList<string> captions,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(imagePaths);
        CheckCaptions(captions);
        return Scorer(cancellationToken).All(imagePaths, captions, progress);
    }

    /// <summary>
    /// Scores every picture with every caption, and gives the scores as they come, in batches of pictures. The numbers are those of
    /// <see cref="Score(IReadOnlyList{string}, IReadOnlyList{string}, IProgress{WorkProgress}, CancellationToken)"/>; where a picture
    /// cannot be read, the batches before its own have been given. More captions than
    /// <see cref="DcsmScorerOptions.CaptionBatchSize"/> are encoded once for each batch.
    /// </summary>
    /// <param name="imagePaths">Picture files.</param>
    /// <param name="captions">Captions.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">A caption is empty; the message names its index.</exception>
    /// <exception cref="FileNotFoundException">A picture does not exist.</exception>
    /// <exception cref="InvalidDataException">A picture cannot be read.</exception>
    public IEnumerable<ImageScores> ScoreBatches(
        IReadOnlyList<string> imagePaths,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(imagePaths);
        CheckCaptions(captions);
        return Scorer(cancellationToken).Rows(imagePaths, captions);
    }

    /// <summary>Scores pairs, and gives the scores as they come, those of one picture together.</summary>
    /// <param name="imagePaths">Picture files. [pairs]</param>
    /// <param name="captions">Captions. [pairs]</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <inheritdoc cref="ScorePairs"/>
    public IEnumerable<PairScores> ScorePairBatches(
        IReadOnlyList<string> imagePaths,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken = default
    )
    {
        CheckPairs(imagePaths, captions);
        return Scorer(cancellationToken).PairBatches(imagePaths, captions);
    }

    /// <summary>Scores pairs: the first picture with the first caption, and so on. A picture or caption may occur many times.</summary>
    /// <param name="imagePaths">Picture files. [pairs]</param>
    /// <param name="captions">Captions. [pairs]</param>
    /// <param name="progress">Told the pairs scored so far.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Scores, higher is a better match. [pairs]</returns>
    /// <exception cref="ArgumentException">A caption is empty, or the two lists differ in length.</exception>
    /// <exception cref="FileNotFoundException">A picture does not exist.</exception>
    /// <exception cref="InvalidDataException">A picture cannot be read.</exception>
    public float[] ScorePairs(
        IReadOnlyList<string> imagePaths,
        IReadOnlyList<string> captions,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        CheckPairs(imagePaths, captions);
        return Scorer(cancellationToken).Pairs(imagePaths, captions, progress);
    }

    /// <summary>Scores every encoded image with every encoded caption, both of this scorer's CLIP.</summary>
    /// <param name="images">Encoded images.</param>
    /// <param name="captions">Captions encoded to <see cref="DcsmConfig.TextTokens"/> tokens.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Scores, higher is a better match. [images, captions]</returns>
    /// <exception cref="ArgumentException">The encodings' shapes do not fit the head.</exception>
    public float[,] Score(ImageEncoding images, TextEncoding captions, CancellationToken cancellationToken = default) =>
        Head.Score(images, captions, _options.Threads, cancellationToken);

    /// <summary>The map of one picture and one caption, token by token, to be looked at and drawn.</summary>
    /// <param name="imagePath">The picture file.</param>
    /// <param name="caption">The caption.</param>
    /// <exception cref="ArgumentException">The caption is empty.</exception>
    /// <exception cref="FileNotFoundException">The picture does not exist.</exception>
    /// <exception cref="InvalidDataException">The picture cannot be read.</exception>
    public DenseMapExplanation Explain(string imagePath, string caption)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(imagePath);
        CheckCaptions([caption]);
        return Head.Explain(_clip.EncodeImages([imagePath]), 0, _clip.EncodeTexts([Head.Config.Read(caption)], Head.Config.TextTokens), 0);
    }

    private BatchScorer<string> Scorer(CancellationToken cancellationToken) =>
        new(
            Head,
            _options,
            batches => _clip.EncodeImageBatches(batches, cancellationToken),
            captions => _clip.EncodeTexts(Head.Config.Read(captions), Head.Config.TextTokens),
            cancellationToken
        );

    private static void CheckPairs(IReadOnlyList<string> imagePaths, IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(imagePaths);
        CheckCaptions(captions);
        if (imagePaths.Count != captions.Count)
            throw new ArgumentException($"{imagePaths.Count} pictures and {captions.Count} captions do not make pairs.", nameof(captions));
    }

    internal static void CheckCaptions(IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        for (int i = 0; i < captions.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(captions[i]))
                throw new ArgumentException($"Caption {i} is empty.", nameof(captions));
        }
    }
}
