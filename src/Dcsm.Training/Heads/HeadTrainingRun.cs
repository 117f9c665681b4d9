using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Head;
using Dcsm.Training.Heads.Statements;
using Dcsm.Training.Samples;
using Dcsm.Training.Torch;
using Figures = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Training.Heads;

/// <summary>The training loop of a head: batches, steps, validations, checkpoints, from wherever an earlier run stopped.</summary>
internal sealed class HeadTrainingRun : IDisposable
{
    private readonly IHeadTrainingSource _source;
    private readonly HeadTrainingOptions _options;
    private readonly DcsmConfig _config;
    private readonly float[]? _streamWeights;
    private readonly SampleEncoder _encoder;
    private readonly int _stepsPerEpoch;
    private readonly string? _directory;

    private readonly TorchHead _head;
    private readonly AdamW _adam;
    private readonly HeadTrainingStep _step;
    private readonly HeadSelection _selection;
    private readonly HeadTrainingWindow _window = new();
    private readonly HeadTrainingCheckpoint? _checkpoint;
    private readonly TrainingLog? _log;

    private readonly int _firstStep;
    private readonly TimeSpan _before;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <param name="source">The samples to train on.</param>
    /// <param name="options">How to train, resolved.</param>
    /// <param name="config">What the head is.</param>
    /// <param name="streamWeights">Shares of the streams in the loss, of mean 1; null for equal ones.</param>
    /// <param name="encoder">Encodes samples.</param>
    /// <param name="stepsPerEpoch">Length of an epoch.</param>
    /// <param name="directory">Where checkpoint and log are; null for none.</param>
    public HeadTrainingRun(
        IHeadTrainingSource source,
        HeadTrainingOptions options,
        DcsmConfig config,
        float[]? streamWeights,
        SampleEncoder encoder,
        int stepsPerEpoch,
        string? directory
    )
    {
        (_source, _options, _config, _encoder, _stepsPerEpoch, _directory) = (source, options, config, encoder, stepsPerEpoch, directory);
        _streamWeights = streamWeights;
        _head = new TorchHead(config, options.From?.Weights ?? DcsmHeadWeights.Create(config, options.Seed, options.RowValues));
        _adam = new AdamW(_head.Parameters, options.WeightDecay, beta2: 0.999, epsilon: 1e-8);
        _step = new HeadTrainingStep(config, options, source.Streams.Count, _head, _adam, streamWeights);
        _selection = new HeadSelection(options, source);
        if (directory is null)
            return;
        Directory.CreateDirectory(directory);
        _checkpoint = new HeadTrainingCheckpoint(directory, config.Training, _head, _adam, _selection, _window);
        _before = _checkpoint.Restore();
        _log = new TrainingLog(directory, _adam.Step, config.Training);
        _firstStep = _adam.Step;
    }

    /// <summary>Trains to the end.</summary>
    /// <returns>The head of the chosen step.</returns>
    /// <exception cref="OperationCanceledException">Stopped; a checkpoint is written.</exception>
    public DcsmHead Train(IProgress<HeadTrainingProgress>? progress, CancellationToken cancellationToken)
    {
        using HeadObjective objective =
            _options.Loss == HeadLoss.Statements
                ? new StatementObjective(_source, _options, _config, _encoder, _step, _streamWeights, cancellationToken)
                : new ContrastiveObjective(_source, _options, _encoder, _step, cancellationToken);
        TimeSpan saved = Elapsed;
        try
        {
            // What an interruption has kept from being done.
            if (_adam.Step > 0 && IsValidated && _selection.LastStep != _adam.Step)
                Account(objective, progress, cancellationToken);
            for (bool end = IsOver; !end; )
            {
                objective.Prepare(_adam.Step, waiting: () => progress?.Report(Progress));
                (double loss, double accuracy) = objective.Run(_adam.Step, LearningRate);
                _window.Add(loss, accuracy);
                Account(objective, progress, cancellationToken);
                end = IsOver;
                if (end || Elapsed - saved > _options.CheckpointEvery)
                {
                    Write("the checkpoint", () => _checkpoint?.Save(Elapsed));
                    saved = Elapsed;
                }
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            Write("the checkpoint", () => _checkpoint?.Save(Elapsed));
            throw;
        }
        return Result(objective, cancellationToken);
    }

    /// <summary>Validates and reports, where it is time to.</summary>
    private void Account(HeadObjective objective, IProgress<HeadTrainingProgress>? progress, CancellationToken cancellationToken)
    {
        HeadTrainingProgress report = Progress;
        if (IsValidated)
        {
            Figures figures = objective.Validate(cancellationToken);
            report = Progress with { Validation = figures, Best = _selection.Add(_adam.Step, figures, objective.Counted, _head) };
        }
        else if (_adam.Step % _options.ReportEvery != 0)
        {
            return;
        }
        Write("metrics", () => _log?.Write(report.ToJson()));
        progress?.Report(report);
        _window.Clear();
    }

    /// <summary>The head of the chosen step, and what is known of it.</summary>
    private DcsmHead Result(HeadObjective objective, CancellationToken cancellationToken)
    {
        Figures figures = _selection.Step is null ? objective.Validate(cancellationToken) : _selection.Figures;
        var metrics = new JsonObject
        {
            ["step"] = _selection.Step ?? _adam.Step,
            ["seconds"] = Math.Round(Elapsed.TotalSeconds, 1),
            ["device"] = TrainingDeviceScope.Current,
            ["validation"] = JsonSerializer.SerializeToNode(figures),
            ["validationCounts"] = JsonSerializer.SerializeToNode(_selection.Step is null ? objective.Counted : _selection.Counted),
        };
        if (_options.Choose == HeadChoice.Best && figures.Count > 0)
            metrics["chosenBy"] = _selection.Measure(figures);
        if (_selection.Step is { } step && step != _adam.Step)
            metrics["trainedTo"] = _adam.Step;
        _head.Set(_selection.Weights);
        ScoreCalibration? calibration = objective.Calibrate(metrics, cancellationToken);
        return new DcsmHead(_config with { Metrics = metrics, Calibration = calibration }, _head.ToWeights());
    }

    private bool IsOver => Fraction >= 1 || _selection.IsExhausted;

    private bool IsValidated => IsOver || ((_options.EvaluateEvery ?? _stepsPerEpoch) is > 0 and var every && _adam.Step % every == 0);

    private TimeSpan Elapsed => _before + _clock.Elapsed;

    private double Fraction => Math.Max((double)_adam.Step / _options.Steps, _options.TimeLimit is { } limit ? Elapsed / limit : 0);

    private double LearningRate => _options.LearningRateAt(_adam.Step, Fraction);

    private HeadTrainingProgress Progress =>
        new(
            _adam.Step,
            _options.Steps,
            (double)_adam.Step / _stepsPerEpoch,
            Math.Min(1, Fraction),
            _window.Loss,
            _window.Accuracy,
            LearningRate,
            (double)(_adam.Step - _firstStep) * _options.SamplesPerStream * _source.Streams.Count / _clock.Elapsed.TotalSeconds,
            _encoder.Encoded,
            Elapsed,
            Validation: null
        );

    /// <summary>Writes to the run's folder; what can't be written ends the run with the checkpoint before it.</summary>
    private void Write(string what, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string kept = _checkpoint?.SavedStep is { } step
                ? $"the checkpoint of step {step} is kept: once this is mended, the same command goes on from there"
                : "there is no checkpoint yet, so the same command starts anew";
            throw new IOException($"{_directory}: {what} of step {_adam.Step} can't be written ({e.Message.TrimEnd('.')}); {kept}", e);
        }
    }

    public void Dispose()
    {
        _log?.Dispose();
        _step.Dispose();
        _head.Dispose();
    }
}
