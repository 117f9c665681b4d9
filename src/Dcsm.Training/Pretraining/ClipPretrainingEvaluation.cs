namespace Dcsm.Training.Pretraining;

/// <summary>What a small CLIP can do, in shares between 0 and 1.</summary>
/// <param name="Named">Single objects named, zero-shot over all names.</param>
/// <param name="Colors">Colors of tinted single objects named.</param>
/// <param name="ColorBinding">Opposites told apart by pooled cosine: color binding.</param>
/// <param name="SizeBinding">Opposites told apart by pooled cosine: size.</param>
/// <param name="Spatial">Opposites told apart by pooled cosine: spatial relation.</param>
/// <param name="Negation">Opposites told apart by pooled cosine: negation.</param>
/// <param name="NounAuc">Area under the curve of a noun's cosine: its own object's patches against the other object's.</param>
/// <param name="BackgroundAuc">The same against the background's patches.</param>
public sealed record ClipPretrainingEvaluation(
    double Named,
    double Colors,
    double ColorBinding,
    double SizeBinding,
    double Spatial,
    double Negation,
    double NounAuc,
    double BackgroundAuc
)
{
    /// <summary>How many pictures <see cref="Named"/> is a share of.</summary>
    public const int NamedPictures = 512;
}
