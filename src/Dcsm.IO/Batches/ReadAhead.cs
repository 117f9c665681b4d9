using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Dcsm.IO.Batches;

/// <summary>
/// Prepares batch after batch on a thread of its own, a little ahead of whoever takes them: one batch is being prepared and one waits
/// while another is in use, so that memory holds three whatever their number.
/// </summary>
/// <typeparam name="TBatch">What is to be prepared.</typeparam>
/// <typeparam name="TPrepared">What becomes of it.</typeparam>
/// <remarks>Not thread-safe. Disposing ends the thread, and waits for the batch it is preparing.</remarks>
public sealed class ReadAhead<TBatch, TPrepared> : IDisposable
{
    private const int Waiting = 1;

    private readonly IEnumerator<TBatch> _batches;
    private readonly Func<TBatch, CancellationToken, TPrepared> _prepare;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenSource _stop;
    private readonly BlockingCollection<TPrepared> _ready = new(Waiting);
    private readonly TBatch? _first;
    private readonly Task? _reader;
    private bool _single;

    /// <summary>Begins.</summary>
    /// <param name="batches">
    /// The batches; from the third one on enumerated by the other thread, and only as far as they are prepared.
    /// </param>
    /// <param name="prepare">Prepares one, and stops when the token says so.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public ReadAhead(IEnumerable<TBatch> batches, Func<TBatch, CancellationToken, TPrepared> prepare, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batches);
        (_batches, _prepare, _cancellationToken) = (batches.GetEnumerator(), prepare, cancellationToken);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!_batches.MoveNext())
            return;
        _first = _batches.Current;
        _single = !_batches.MoveNext();
        // With a single batch there is nothing to be ahead of. Else a thread, not one of the pool's: all of those may be waiting
        // for batches.
        if (!_single)
            _reader = Task.Factory.StartNew(ReadAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Takes the next batch.</summary>
    /// <param name="prepared">The batch.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="OperationCanceledException">It was stopped; a slow batch is not waited for.</exception>
    /// <remarks>An exception of what prepares comes where its batch would, and nothing is prepared beyond it.</remarks>
    public bool TryTake([MaybeNullWhen(false)] out TPrepared prepared)
    {
        try
        {
            if (_single)
            {
                prepared = _prepare(_first!, _stop.Token);
                _single = false;
                return true;
            }
            if (_reader is null)
            {
                prepared = default;
                return false;
            }
            if (_ready.TryTake(out prepared, Timeout.Infinite, _stop.Token))
                return true;
            // The reader is at the end, or ended early, and why is its exception.
            _reader.GetAwaiter().GetResult();
            return false;
        }
        catch (OperationCanceledException)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Ends the work.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _reader?.GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // Whoever wanted the batch was told.
        }
        _batches.Dispose();
        _ready.Dispose();
        _stop.Dispose();
    }

    private void ReadAll()
    {
        try
        {
            _ready.Add(_prepare(_first!, _stop.Token), _stop.Token);
            do _ready.Add(_prepare(_batches.Current, _stop.Token), _stop.Token);
            while (_batches.MoveNext());
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }
}
