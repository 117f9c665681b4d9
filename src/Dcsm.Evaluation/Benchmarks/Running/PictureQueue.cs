using Dcsm.Data.Benchmarks;
using Dcsm.IO.Batches;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>
/// Prepares pictures batch by batch, one batch ahead of whoever encodes them: the next pictures are decoded while these are
/// encoded, and memory holds three batches whatever the number of pictures.
/// </summary>
internal static class PictureQueue
{
    /// <summary>A batch: its items, the pictures that are to be had, and why others are not.</summary>
    /// <param name="Items">Numbers of the items.</param>
    /// <param name="Places">
    /// For each item the place of its picture in <paramref name="Pictures"/>; −1 for a picture that is skipped.
    /// </param>
    /// <param name="Pictures">[encoder groups][pictures].</param>
    /// <param name="Reasons">For each item why its picture is skipped, else null.</param>
    public sealed record Batch(int[] Items, int[] Places, PreparedPicture[][] Pictures, string?[] Reasons);

    public static IEnumerable<Batch> Run(
        IReadOnlyList<int> items,
        Func<int, BenchmarkImage> imageOf,
        EncoderGroup[] groups,
        int batchItems,
        bool skipBroken,
        CancellationToken cancellationToken
    )
    {
        using var ahead = new ReadAhead<int[], Batch>(
            items.Chunk(batchItems),
            (batch, stop) => Prepare(batch, imageOf, groups, skipBroken, stop),
            cancellationToken
        );
        while (ahead.TryTake(out Batch? batch))
            yield return batch;
    }

    private static Batch Prepare(
        int[] items,
        Func<int, BenchmarkImage> imageOf,
        EncoderGroup[] groups,
        bool skipBroken,
        CancellationToken cancellationToken
    )
    {
        // Several questions about one picture follow one another in most benchmarks.
        BenchmarkImage[] images = [.. items.Select(imageOf)];
        (string?, CropBox?)[] keys = [.. images.Select(image => (image.Path, image.Box))];
        (string?, CropBox?)[] distinct = [.. keys.Distinct()];
        var prepared = new PreparedPicture[distinct.Length][];
        string?[] reasons = new string?[distinct.Length];
        ParallelItems.ForEach(
            distinct.Length,
            0,
            d =>
            {
                BenchmarkImage image = images[Array.IndexOf(keys, distinct[d])];
                try
                {
                    prepared[d] = [.. groups.Select(group => group.Prepare(image))];
                }
                catch (InvalidDataException e) when (skipBroken)
                {
                    reasons[d] = e.Message;
                }
            },
            cancellationToken
        );

        int[] had = [.. Enumerable.Range(0, distinct.Length).Where(d => reasons[d] is null)];
        int[] placeOf = [.. keys.Select(key => Array.IndexOf(distinct, key))];
        return new Batch(
            items,
            [.. placeOf.Select(d => Array.IndexOf(had, d))],
            [.. Enumerable.Range(0, groups.Length).Select(g => had.Select(d => prepared[d][g]).ToArray())],
            [.. placeOf.Select(d => reasons[d])]
        );
    }
}
