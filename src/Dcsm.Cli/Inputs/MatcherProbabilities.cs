using Dcsm.Cli.Options;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Cli.Inputs;

/// <summary>Scores by a model's own matching head, which reads each picture and each caption together; batch by batch.</summary>
internal static class MatcherProbabilities
{
    // Features of a picture are some hundred vectors.
    private const int PicturesAtOnce = 16;

    /// <summary>The model's matching head.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static ImageTextMatcher Of(ClipModel clip) =>
        clip.Matcher
        ?? throw new ArgumentException(
            $"--head {CommonOptions.MatchingHead}: {clip.Directory} has no head that matches pairs; BLIP for retrieval has one"
        );

    /// <summary>Every picture with every caption, computed as they are asked for.</summary>
    /// <returns>[pictures · captions], picture by picture.</returns>
    public static IEnumerable<float> All(
        ImageTextMatcher matcher,
        IReadOnlyList<string> images,
        IReadOnlyList<string> captions,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    ) =>
        Features(matcher, images, failed, cancellationToken).SelectMany(batch => matcher.Probabilities(batch, captions, cancellationToken));

    /// <summary>Each picture with the caption beside it, computed as they are asked for.</summary>
    /// <returns>[pairs].</returns>
    public static IEnumerable<float> Pairs(
        ImageTextMatcher matcher,
        IReadOnlyList<string> images,
        IReadOnlyList<string> captions,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    ) =>
        Features(matcher, images, failed, cancellationToken)
            .SelectMany(batch =>
                Enumerable.Range(0, batch.Count).Select(i => new TokenEmbeddings(batch[i].ToArray(), 1, batch.Tokens, batch.Dimension))
            )
            .Zip(captions)
            .Select(pair => matcher.Probabilities(pair.First, [pair.Second], cancellationToken)[0]);

    private static IEnumerable<TokenEmbeddings> Features(
        ImageTextMatcher matcher,
        IReadOnlyList<string> images,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    ) => matcher.EncodeImageBatches(images.Chunk(PicturesAtOnce).Select(ImageSource.FromFiles), failed, cancellationToken);
}
