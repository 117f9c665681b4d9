using System.Threading.Channels;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>
/// Prepares pictures batch by batch, one batch ahead of whoever encodes them: the next pictures are decoded while these are
/// encoded, and memory holds two batches whatever the number of pictures.
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
        var queue = Channel.CreateBounded<Batch>(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var producer = Task.Run(
            async () =>
            {
                try
                {
                    foreach (int[] batch in items.Chunk(batchItems))
                    {
                        await queue
                            .Writer.WriteAsync(Prepare(batch, imageOf, groups, skipBroken, stop.Token), stop.Token)
                            .ConfigureAwait(false);
                    }

                    queue.Writer.Complete();
                }
                catch (Exception error)
                {
                    queue.Writer.Complete(error);
                }
            },
            CancellationToken.None
        );
        try
        {
            while (true)
            {
                Batch? batch = Next(queue.Reader, cancellationToken);
                if (batch is null)
                    break;
                yield return batch;
            }
        }
        finally
        {
            stop.Cancel();
            producer.Wait(CancellationToken.None);
        }
    }

    private static Batch? Next(ChannelReader<Batch> reader, CancellationToken cancellationToken)
    {
        try
        {
            return reader.ReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        }
        catch (ChannelClosedException e)
        {
            if (e.InnerException is { } error)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
            return null;
        }
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
        try
        {
            Parallel.For(
                0,
                distinct.Length,
                new ParallelOptions { CancellationToken = cancellationToken },
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
                }
            );
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

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
