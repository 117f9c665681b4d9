namespace Dcsm.Clip.EmbeddingStore;

/// <summary>An image and a caption of a <see cref="TokenEmbeddingStore"/> that belong together.</summary>
/// <param name="Row">The row of the table that named them.</param>
/// <param name="Image">Number of the image.</param>
/// <param name="Caption">Number of the caption.</param>
public readonly record struct StoredPair(int Row, int Image, int Caption);
