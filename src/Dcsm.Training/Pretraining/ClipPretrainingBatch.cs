namespace Dcsm.Training.Pretraining;

/// <summary>One step's pictures and captions, ready for the transformers.</summary>
/// <param name="Patches">[images, patches, 3·P·P], normalized.</param>
/// <param name="Sparse">[images, SparseLength] token ids.</param>
/// <param name="SparseLength">Tokens a caption, padding included.</param>
/// <param name="SparseEnds">Flat position of each caption's end token.</param>
/// <param name="Full">[dense images, FullLength] token ids.</param>
/// <param name="FullLength">Tokens a full caption, padding included.</param>
/// <param name="FullWeights">[dense images, FullLength]: each caption's content tokens share 1, all others 0.</param>
internal sealed record ClipPretrainingBatch(
    float[] Patches,
    long[] Sparse,
    int SparseLength,
    long[] SparseEnds,
    long[] Full,
    int FullLength,
    float[] FullWeights
);
