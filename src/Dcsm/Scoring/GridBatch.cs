namespace Dcsm.Scoring;

/// <summary>Some images that follow each other, each with each of some captions that do.</summary>
/// <param name="FirstImage">The number of the first image.</param>
/// <param name="FirstCaption">The number of the first caption.</param>
internal sealed record GridBatch<T>(IReadOnlyList<T> Images, IReadOnlyList<T> Captions, int FirstImage, int FirstCaption)
    : Batch<T>(Images, Captions)
{
    /// <summary>
    /// Divides a grid into batches. Batches in a row have the same images, or the same captions, as the same list, so that what is
    /// encoded can be kept.
    /// </summary>
    internal static IEnumerable<GridBatch<T>> Create(T[][] images, T[][] captions, bool imagesFirst) =>
        imagesFirst
            ? Numbered(images).SelectMany(_ => Numbered(captions), (image, caption) => Of(image, caption))
            : Numbered(captions).SelectMany(_ => Numbered(images), (caption, image) => Of(image, caption));

    private static IEnumerable<(T[] Items, int First)> Numbered(T[][] batches)
    {
        int first = 0;
        foreach (T[] batch in batches)
        {
            yield return (batch, first);
            first += batch.Length;
        }
    }

    private static GridBatch<T> Of((T[] Items, int First) image, (T[] Items, int First) caption) =>
        new(image.Items, caption.Items, image.First, caption.First);
}
