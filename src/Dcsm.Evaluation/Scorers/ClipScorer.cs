using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Head;

namespace Dcsm.Evaluation.Scorers;

/// <summary>
/// Cosine of the pooled embeddings: what CLIP itself answers, and BLIP's contrastive side (ITC). (Its temperature scales all scores
/// alike and changes no choice.) Where a sigmoid was trained (SigLIP), <see cref="Calibration"/> makes probabilities of them.
/// </summary>
public sealed class ClipScorer : IScorer
{
    /// <param name="clip">The CLIP; not owned.</param>
    /// <param name="name">What it is called in tables.</param>
    public ClipScorer(ClipModel clip, string name = "CLIP")
        : this(new ClipEncoder(clip, name), name) { }

    /// <param name="encoder">What makes the embeddings.</param>
    /// <param name="name">What it is called in tables.</param>
    public ClipScorer(IEncoder encoder, string name = "CLIP")
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Encoder, Name) = (encoder, name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IEncoder Encoder { get; }

    /// <inheritdoc/>
    public int TextTokens => 0;

    /// <inheritdoc/>
    public ScoreCalibration? Calibration =>
        Encoder is ClipEncoder { Clip: { LogitBias: { } bias } clip } ? new ScoreCalibration(clip.LogitScale, bias) : null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Description =>
        new Dictionary<string, string>
        {
            ["method"] = Calibration is null ? "cosine of pooled embeddings" : "cosine of pooled embeddings, sigmoid",
            ["clipFingerprint"] = Encoder.Fingerprint,
        };

    /// <inheritdoc/>
    public float[,] Score(ImageEncoding images, TextEncoding captions)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(captions);
        return Cosines(images.Pooled, captions.Pooled);
    }

    /// <summary>Cosines of pooled embeddings.</summary>
    /// <param name="images">[images, 1, dimension], of unit length.</param>
    /// <param name="captions">[captions, 1, dimension], of unit length.</param>
    /// <returns>[images, captions]</returns>
    public static float[,] Cosines(TokenEmbeddings images, TokenEmbeddings captions)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(captions);
        float[,] scores = new float[images.Count, captions.Count];
        for (int i = 0; i < images.Count; i++)
        {
            for (int c = 0; c < captions.Count; c++)
                scores[i, c] = TensorPrimitives.Dot(images[i], captions[c]);
        }

        return scores;
    }
}
