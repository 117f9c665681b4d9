namespace Dcsm.Benchmarks;

public enum TrainingWork
{
    /// <summary>3 streams × 2 versions × 16 × 16 maps of 197 × 30, 512 dimensions.</summary>
    Official,

    /// <summary>4 streams × 64 samples × 2 × 2 maps of 65 × 20, 128 dimensions: <c>dcsm train</c> on the small CLIP.</summary>
    Block,
}
