namespace Dcsm.Scoring;

/// <summary>Some images that follow each other, each with each of some captions that do.</summary>
/// <param name="FirstImage">The number of the first image.</param>
/// <param name="FirstCaption">The number of the first caption.</param>
internal sealed record GridBatch(IReadOnlyList<int> Images, IReadOnlyList<int> Captions, int FirstImage, int FirstCaption)
    : Batch(Images, Captions)
{
    /// <summary>
    /// Divides a grid into batches. Batches in a row have the same images, or the same captions, as the same list, so that what is
    /// encoded can be kept.
    /// </summary>
    internal static IEnumerable<GridBatch> Create(int[][] images, int[][] captions, bool imagesFirst) =>
        imagesFirst
            ? Numbered(images).SelectMany(_ => Numbered(captions), (image, caption) => Of(image, caption))
            : Numbered(captions).SelectMany(_ => Numbered(images), (caption, image) => Of(image, caption));

    private static IEnumerable<(int[] Items, int First)> Numbered(int[][] batches)
    {
        int first = 0;
        foreach (int[] batch in batches)
        {
            yield return (batch, first);
            first += batch.Length;
        }
    }

    private static GridBatch Of((int[] Items, int First) image, (int[] Items, int First) caption) =>
        new(image.Items, caption.Items, image.First, caption.First);
}
