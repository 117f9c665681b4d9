namespace Dcsm.Clip.Preprocessing;

/// <summary>
/// Work on large pictures that whoever waits for it may leave behind: a decoder takes a picture as a whole and asks nobody whether it is
/// still wanted.
/// </summary>
internal static class LargePictures
{
    /// <summary>Pictures of fewer pixels are done before anyone notices: in some 50 ms at most.</summary>
    public const long Pixels = 1 << 21;

    // Those that were left behind must not pile up.
    private static readonly SemaphoreSlim Turns = new(2 * Environment.ProcessorCount);

    /// <summary>Does the work on a thread of its own, and waits for it.</summary>
    /// <param name="needed">What it needs; disposed of when the work is over.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static void Run(IDisposable? needed, Action work, CancellationToken cancellationToken)
    {
        Task running = Task.Factory.StartNew(
            () =>
            {
                using (needed)
                {
                    Turns.Wait(cancellationToken);
                    try
                    {
                        work();
                    }
                    finally
                    {
                        Turns.Release();
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            Task.WaitAny([running], cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // What becomes of it is of no interest, and an exception nobody looks at is reported to the process.
            _ = running.ContinueWith(static left => left.Exception, TaskScheduler.Default);
            throw;
        }
        running.GetAwaiter().GetResult();
    }
}
