using System.Runtime.ExceptionServices;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Scoring;

/// <summary>What came of one picture, or of one pair, among many.</summary>
public sealed class ImageResult
{
    internal ImageResult(long number, ImageSource image, IReadOnlyList<CaptionScore> scores, Exception? error) =>
        (Number, Image, Scores, Error) = (number, image, scores, error);

    /// <summary>Its number among all that were given, from 0.</summary>
    public long Number { get; }

    /// <summary>The picture.</summary>
    public ImageSource Image { get; }

    /// <summary>Its captions in their order; none where <see cref="Error"/> is set.</summary>
    public IReadOnlyList<CaptionScore> Scores { get; }

    /// <summary>Why the picture could not be read; null where it could. The message begins with the picture's name.</summary>
    public Exception? Error { get; }

    /// <summary>Throws <see cref="Error"/>, if there is one.</summary>
    public void ThrowIfFailed()
    {
        if (Error is not null)
            ExceptionDispatchInfo.Throw(Error);
    }
}
