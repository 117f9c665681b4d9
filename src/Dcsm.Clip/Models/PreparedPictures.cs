using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Dcsm.Clip.Models;

/// <summary>
/// Reads and prepares picture files batch by batch on a thread of its own, a little ahead of whoever takes them: one batch
/// is being prepared and one waits while another is in use.
/// </summary>
/// <remarks>Not thread-safe. Disposing ends the thread, and waits for the files it is reading.</remarks>
internal sealed class PreparedPictures : IDisposable
{
    private const int Ahead = 1;

    private readonly IReadOnlyList<IReadOnlyList<string>> _batches;
    private readonly int _imageLength,
        _batchLength,
        _threads;
    private readonly Action<string, Memory<float>> _prepare;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _stop;
    private readonly BlockingCollection<PreparedBatch> _ready = new(Ahead);
    private readonly ConcurrentBag<float[]> _free = [];
    private readonly Task? _reader;

    /// <summary>Begins.</summary>
    /// <param name="batches">Files of each batch.</param>
    /// <param name="imageLength">Values of a prepared picture.</param>
    /// <param name="threads">Threads that prepare; 0 for every core.</param>
    /// <param name="prepare">Reads a file and fills its values. Called by several threads.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public PreparedPictures(
        IReadOnlyList<IReadOnlyList<string>> batches,
        int imageLength,
        int threads,
        Action<string, Memory<float>> prepare,
        CancellationToken cancellationToken
    )
    {
        (_batches, _imageLength, _threads, _prepare, _cancellation) = (batches, imageLength, threads, prepare, cancellationToken);
        _batchLength = checked(imageLength * batches.Select(paths => paths.Count).DefaultIfEmpty().Max());
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // With a single batch there is nothing to be ahead of. Else a thread, not one of the pool's: all of those may be waiting
        // for pictures.
        if (batches.Count > 1)
            _reader = Task.Factory.StartNew(ReadAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The next batch, to be given back by <see cref="Return"/>.</summary>
    /// <exception cref="FileNotFoundException">A file of it does not exist; of several bad ones, the first one's exception.</exception>
    /// <exception cref="InvalidDataException">A file of it is not a readable picture.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public PreparedBatch Take()
    {
        try
        {
            if (_reader is null)
                return Prepare(_batches[0]);
            if (_ready.TryTake(out PreparedBatch batch, Timeout.Infinite, _stop.Token))
                return batch;
            // The reader ended early, and why is its exception.
            _reader.GetAwaiter().GetResult();
            throw new InvalidOperationException("There are no more batches.");
        }
        catch (OperationCanceledException)
        {
            _cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Gives a batch's memory back.</summary>
    public void Return(PreparedBatch batch) => _free.Add(batch.Pixels);

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
        _ready.Dispose();
        _stop.Dispose();
    }

    private void ReadAll()
    {
        try
        {
            foreach (IReadOnlyList<string> paths in _batches)
                _ready.Add(Prepare(paths), _stop.Token);
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }

    private PreparedBatch Prepare(IReadOnlyList<string> paths)
    {
        if (!_free.TryTake(out float[]? pixels))
            pixels = new float[_batchLength];
        var parallel = new ParallelOptions
        {
            CancellationToken = _stop.Token,
            MaxDegreeOfParallelism = _threads > 0 ? _threads : Environment.ProcessorCount,
        };
        Exception? error = null;
        int first = paths.Count;
        Parallel.For(
            0,
            paths.Count,
            parallel,
            (i, state) =>
            {
                try
                {
                    _prepare(paths[i], pixels.AsMemory(i * _imageLength, _imageLength));
                }
                catch (Exception e)
                {
                    // One unreadable picture is one message: that of the first, so those before it are still looked at.
                    state.Break();
                    lock (_stop)
                        (error, first) = i < first ? (e, i) : (error, first);
                }
            }
        );
        if (error is not null)
            ExceptionDispatchInfo.Throw(error);
        return new PreparedBatch(pixels, paths.Count);
    }
}
