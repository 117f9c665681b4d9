namespace Dcsm.Clip.EmbeddingStore;

/// <summary>An image of a <see cref="TokenEmbeddingStore"/>.</summary>
/// <param name="Name">The picture as it was named when it was encoded.</param>
/// <param name="Sha256">SHA-256 of the picture file, in hexadecimal digits.</param>
/// <param name="FileLength">Bytes of the picture file.</param>
/// <param name="Modified">When the picture file was last changed, UTC.</param>
public sealed record StoredImage(string Name, string Sha256, long FileLength, DateTime Modified);
