namespace Dcsm.Clip.Models;

/// <summary>What CLIP makes of a number of images.</summary>
/// <param name="Tokens">
/// Every token (CLS, then the patches row by row) after post-layer-norm and visual projection, unit length: [images, 1 + patches,
/// dimension].
/// </param>
/// <param name="Pooled">The image embedding, unit length: [images, 1, dimension].</param>
public sealed record ImageEncoding(TokenEmbeddings Tokens, TokenEmbeddings Pooled)
{
    /// <summary>Some of the images.</summary>
    /// <param name="images">Their numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ImageEncoding Take(IReadOnlyList<int> images) => new(Tokens.Take(images), Pooled.Take(images));
}
