namespace Dcsm.Clip.EmbeddingStore;

/// <summary>A picture file on its way into a <see cref="TokenEmbeddingStore"/>.</summary>
/// <param name="Name">What the store calls it.</param>
/// <param name="Path">Where it is.</param>
public sealed record ImageToEncode(string Name, string Path);
