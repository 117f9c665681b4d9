using Dcsm.Clip.Models;

namespace Dcsm.Training.Adaptation;

/// <summary>What an adaptation left, opened: it scores images and captions. Safe to use from several threads.</summary>
public abstract class AdaptedClip : IDisposable
{
    private protected AdaptedClip(ClipModel clip) => Clip = clip;

    /// <summary>The CLIP whose embeddings are scored: the frozen one, or one that was changed.</summary>
    public ClipModel Clip { get; }

    /// <summary>How many text tokens the captions must have; 0 when only pooled embeddings count.</summary>
    public virtual int TextTokens => 0;

    /// <summary>Scores pairs; the higher, the better they fit.</summary>
    /// <param name="images">Embeddings of <see cref="Clip"/>.</param>
    /// <param name="captions">Embeddings of <see cref="Clip"/>, with <see cref="TextTokens"/> tokens.</param>
    /// <param name="pairs">The pairs, by index.</param>
    /// <returns>[pairs]</returns>
    public abstract float[] Score(ImageEncoding images, TextEncoding captions, IReadOnlyList<(int Image, int Caption)> pairs);

    /// <summary>Closes what was opened with it; a frozen CLIP stays open.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what it owns.</summary>
    private protected virtual void Dispose(bool disposing) { }
}
