using System.Diagnostics;
using Dcsm.IO.Files;

namespace Dcsm.Scoring;

/// <summary>Lets a few calls run at a time, and a few more wait. Thread-safe.</summary>
/// <param name="options">How many.</param>
/// <param name="uses">Of the scorer, which is not closed while someone waits.</param>
internal sealed class ScorerQueue(DcsmScorerOptions options, UseCount uses) : IDisposable
{
    private readonly SemaphoreSlim? _turns = options.ConcurrentRuns == 0 ? null : new SemaphoreSlim(options.ConcurrentRuns);
    private int _waiting;

    /// <summary>Does work by a thread of the pool when it is its turn, to its end.</summary>
    /// <exception cref="QueueFullException">As many wait as may.</exception>
    public async Task<T> Run<T>(Func<T> work, CancellationToken cancellationToken)
    {
        using UseCount.Use use = uses.Begin();
        if (_turns is null)
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        if (!_turns.Wait(0, CancellationToken.None))
            await WaitAsync(_turns, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns?.Dispose();

    private async Task WaitAsync(SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.QueueLength)
                throw new QueueFullException($"{options.QueueLength} calls wait for the scorer already, as many as may.");
            DcsmTelemetry.Waiting(1);
            long start = Stopwatch.GetTimestamp();
            try
            {
                await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                DcsmTelemetry.Waiting(-1);
                DcsmTelemetry.Took("queue", start);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
