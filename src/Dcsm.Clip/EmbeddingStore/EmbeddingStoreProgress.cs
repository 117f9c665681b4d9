namespace Dcsm.Clip.EmbeddingStore;

/// <summary>How far the writing of a <see cref="TokenEmbeddingStore"/> is.</summary>
/// <param name="Captions">Captions encoded.</param>
/// <param name="Images">Images encoded.</param>
public readonly record struct EmbeddingStoreProgress(int Captions, int Images);
