using System.Runtime.ExceptionServices;

namespace Dcsm.IO.Batches;

/// <summary>The items of a batch on several threads.</summary>
public static class ParallelItems
{
    /// <summary>Calls for each item. One bad item is one exception, as it was thrown: of several, the first item's.</summary>
    /// <param name="count">Number of items.</param>
    /// <param name="threads">How many at once; 0 for every core.</param>
    /// <param name="body">Called with the number of each item, by several threads; after an exception only with those before it.</param>
    /// <param name="cancellationToken">Stops between two items.</param>
    public static void ForEach(int count, int threads, Action<int> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount,
        };
        var gate = new Lock();
        Exception? error = null;
        int first = count;
        Parallel.For(
            0,
            count,
            parallel,
            (i, state) =>
            {
                try
                {
                    body(i);
                }
                catch (Exception e)
                {
                    // Those before it are still looked at.
                    state.Break();
                    lock (gate)
                        (error, first) = i < first ? (e, i) : (error, first);
                }
            }
        );
        if (error is not null)
            ExceptionDispatchInfo.Throw(error);
    }
}
