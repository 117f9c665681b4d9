namespace Dcsm.Clip.Models;

/// <summary>A CLIP's image tower, ready to run: pixels in, token embeddings out. Thread-safe.</summary>
internal interface IImageTower : IDisposable
{
    /// <summary>Encodes; how many images go through the network at once is the tower's own affair.</summary>
    /// <param name="pixels">[<paramref name="count"/>, 3, S, S]</param>
    /// <param name="count">Number of images.</param>
    /// <param name="embeddings">[count, tokens, dimension], to be filled, each token of unit length.</param>
    /// <param name="cancellationToken">Stops between two operations of the network.</param>
    void Encode(ReadOnlyMemory<float> pixels, int count, Memory<float> embeddings, CancellationToken cancellationToken);
}
