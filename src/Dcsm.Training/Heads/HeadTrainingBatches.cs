using Dcsm.Training.Samples;

namespace Dcsm.Training.Heads;

/// <summary>
/// The samples of a run. Training goes in rounds: a pool of samples is encoded, each is trained on
/// <see cref="HeadTrainingOptions.Reuse"/> times in shuffled order, and meanwhile the next pool is encoded in the background.
/// What a step sees depends on the seed and the step alone, so a run can be entered anywhere.
/// </summary>
/// <typeparam name="TPool">Encoded samples.</typeparam>
internal sealed class HeadTrainingBatches<TPool> : IDisposable
    where TPool : class
{
    private readonly IHeadTrainingSource _source;
    private readonly HeadTrainingOptions _options;
    private readonly Func<IReadOnlyList<(int Stream, long Index)>, CancellationToken, TPool> _encode;
    private readonly CancellationTokenSource _stop;
    private readonly int[] _poolSizes;
    private readonly int[] _poolStarts;
    private readonly bool _onePool;
    private readonly int _stepsPerRound;
    private readonly SampleOrder _order;
    private int _round = -1;
    private TPool? _pool;
    private Task<TPool>? _next;
    private int _nextRound;

    public HeadTrainingBatches(
        IHeadTrainingSource source,
        HeadTrainingOptions options,
        Func<IReadOnlyList<(int Stream, long Index)>, CancellationToken, TPool> encode,
        CancellationToken cancellationToken
    )
    {
        (_source, _options, _encode, _order) = (source, options, encode, new SampleOrder(options.Seed));
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _poolSizes = new int[source.Streams.Count];
        _poolStarts = new int[source.Streams.Count];
        _onePool = true;
        for (int stream = 0; stream < _poolSizes.Length; stream++)
        {
            long count = source.Count(stream) ?? long.MaxValue;
            if (count <= 0)
                throw new InvalidDataException($"stream '{source.Streams[stream]}' has no samples to train on");
            _onePool &= count <= options.PoolSamples;
            _poolSizes[stream] = (int)Math.Min(count, options.PoolSamples);
            _poolStarts[stream] = stream == 0 ? 0 : _poolStarts[stream - 1] + _poolSizes[stream - 1];
        }
        _stepsPerRound = Math.Max(1, (int)((long)_poolSizes.Max() * options.Reuse / options.SamplesPerStream));
    }

    /// <summary>Waits until the samples of a step are encoded, and has the next ones begun.</summary>
    /// <param name="step">The step.</param>
    /// <param name="waiting">Called several times a second meanwhile.</param>
    public void Prepare(int step, Action waiting)
    {
        int round = Round(step);
        if (_round == round)
            return;
        (_pool as IDisposable)?.Dispose();
        _pool = null;
        if (_next is null || _nextRound != round)
            (_next, _nextRound) = (Start(round), round);
        while (Task.WaitAny([_next], millisecondsTimeout: 200) < 0)
            waiting();
        (_pool, _round) = (_next.GetAwaiter().GetResult(), round);
        bool last = _onePool || (long)(round + 1) * _stepsPerRound >= _options.Steps;
        (_next, _nextRound) = last ? (null, 0) : (Start(round + 1), round + 1);
    }

    /// <summary>The samples that are held for a step that is prepared.</summary>
    public TPool Pool(int step) => _round == Round(step) ? _pool! : throw new InvalidOperationException($"Step {step} is not prepared.");

    /// <summary>Places in the pool of the samples of a step; the streams follow one another.</summary>
    public long[] Samples(int step)
    {
        int perStream = _options.SamplesPerStream;
        long[] samples = new long[perStream * _poolSizes.Length];
        for (int stream = 0; stream < _poolSizes.Length; stream++)
        {
            long visit = (long)(_onePool ? step : step % _stepsPerRound) * perStream;
            for (int i = 0; i < perStream; i++)
            {
                samples[(stream * perStream) + i] =
                    _poolStarts[stream] + _order.Visited(stream, Round(step), visit + i, _poolSizes[stream]);
            }
        }

        return samples;
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_next is not null)
        {
            Task.WaitAny([_next]); // It stops between two batches; its tensors may not be left behind.
            if (_next.IsCompletedSuccessfully)
                (_next.Result as IDisposable)?.Dispose();
            _ = _next.Exception;
        }
        (_pool as IDisposable)?.Dispose();
        _stop.Dispose();
    }

    private int Round(int step) => _onePool ? 0 : step / _stepsPerRound;

    private Task<TPool> Start(int round)
    {
        List<(int, long)> wanted = [];
        for (int stream = 0; stream < _poolSizes.Length; stream++)
        {
            for (int i = 0; i < _poolSizes[stream]; i++)
                wanted.Add((stream, _order.Index(stream, ((long)round * _poolSizes[stream]) + i, _source.Count(stream))));
        }

        return Task.Run(() => _encode(wanted, _stop.Token), _stop.Token);
    }
}
