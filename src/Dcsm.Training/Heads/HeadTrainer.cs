using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Training.Samples;
using Dcsm.Training.Torch;
using Figures = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Training.Heads;

/// <summary>
/// Trains a DCSM head on token embeddings of a frozen CLIP (<c>training/train.py</c>). The same arguments give the same head on
/// the same machine, also when the run is interrupted and resumed, unless it has a time limit.
/// </summary>
public sealed class HeadTrainer : IDisposable
{
    private readonly HeadTrainingOptions _options;
    private readonly IHeadTrainingSource _source;
    private readonly DcsmConfig _config;
    private readonly TorchHead _head;
    private readonly AdamW _adam;
    private readonly HeadTrainingStep _step;
    private readonly SampleEncoder _encoder;
    private readonly HeadValidation _validation;
    private readonly HeadSelection _selection;
    private readonly HeadTrainingWindow _window = new();
    private readonly int _stepsPerEpoch;
    private int _first;
    private readonly HeadTrainingCheckpoint? _checkpoint;
    private readonly HeadTrainingLog? _log;
    private readonly string? _directory;
    private readonly TimeSpan _before;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private HeadTrainer(
        ClipModel clip,
        IHeadTrainingSource source,
        HeadTrainingOptions options,
        string? checkpointDirectory,
        SampleEncodings? encodings
    )
    {
        (_stepsPerEpoch, _source) = (HeadEpoch.Steps(source, options), source);
        _options = options = Resolve(source, options);
        _config = Configure(clip, source, options);
        _head = new TorchHead(_config, DcsmHeadWeights.Create(_config, options.Seed, options.RowValues));
        _adam = new AdamW(_head.Parameters, options.WeightDecay, beta2: 0.999, epsilon: 1e-8);
        _step = new HeadTrainingStep(_config, options, source.Streams.Count, _head, _adam, Weights(source));
        _encoder = new SampleEncoder(clip, _config, encodings);
        _validation = new HeadValidation(source, options, _encoder);
        _selection = new HeadSelection(options, source);
        if (checkpointDirectory is null)
            return;
        Directory.CreateDirectory(checkpointDirectory);
        _checkpoint = new HeadTrainingCheckpoint(checkpointDirectory, _config.Training, _head, _adam, _selection, _window);
        _before = _checkpoint.Restore();
        _log = new HeadTrainingLog(checkpointDirectory, _adam.Step);
        _directory = checkpointDirectory;
    }

    /// <summary>Trains a head.</summary>
    /// <param name="clip">The frozen CLIP.</param>
    /// <param name="source">The samples to train on.</param>
    /// <param name="options">How to train.</param>
    /// <param name="checkpointDirectory">
    /// Where the state of the run is kept (<c>checkpoint.safetensors</c>, <c>metrics.jsonl</c>); if it holds one, the run goes on
    /// from there. Null: nothing is written.
    /// </param>
    /// <param name="progress">
    /// Told every <see cref="HeadTrainingOptions.ReportEvery"/> steps, and several times a second while training waits for
    /// samples to be encoded; always on the calling thread.
    /// </param>
    /// <param name="cancellationToken">Stops the run; a checkpoint is written first.</param>
    /// <returns>The head of the chosen step, with the training's arguments and that step's validation in its configuration.</returns>
    /// <exception cref="ArgumentException">Options that don't make sense.</exception>
    /// <exception cref="IOException">Checkpoint or metrics can't be written; the last good checkpoint is kept.</exception>
    /// <exception cref="InvalidDataException">The loss is not finite any more; or a sample, or the checkpoint, is wrong.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static DcsmHead Train(
        ClipModel clip,
        IHeadTrainingSource source,
        HeadTrainingOptions options,
        string? checkpointDirectory = null,
        IProgress<HeadTrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) => TrainShared(clip, source, options, checkpointDirectory, encodings: null, progress, cancellationToken);

    /// <summary>Trains with encodings that are shared with other trainings.</summary>
    internal static DcsmHead TrainShared(
        ClipModel clip,
        IHeadTrainingSource source,
        HeadTrainingOptions options,
        string? checkpointDirectory,
        SampleEncodings? encodings,
        IProgress<HeadTrainingProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        TorchNative.EnsureLoaded();
        using var trainer = new HeadTrainer(clip, source, options, checkpointDirectory, encodings);
        return trainer.Run(progress, cancellationToken);
    }

    /// <summary>What decides the head that a training ends with: CLIP, options and data, all resolved.</summary>
    /// <param name="clip">The frozen CLIP.</param>
    /// <param name="source">The samples to train on.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="ArgumentException">Options that don't make sense.</exception>
    public static JsonObject Describe(ClipModel clip, IHeadTrainingSource source, HeadTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return Configure(clip, source, Resolve(source, options)).Training;
    }

    private DcsmHead Run(IProgress<HeadTrainingProgress>? progress, CancellationToken cancellationToken)
    {
        using var batches = new HeadTrainingBatches(_source, _options, _encoder, cancellationToken);
        _first = _adam.Step;
        TimeSpan saved = Elapsed;
        try
        {
            // What an interruption has kept from being done.
            if (_adam.Step > 0 && IsValidated && _selection.LastStep != _adam.Step)
                Account(progress, cancellationToken);
            for (bool end = IsOver; !end; )
            {
                batches.Prepare(_adam.Step, waiting: () => progress?.Report(Progress));
                (double loss, double accuracy) = _step.Run(batches.Of(_adam.Step), LearningRate);
                _window.Add(loss, accuracy);
                Account(progress, cancellationToken);
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
        return Result(cancellationToken);
    }

    /// <summary>Validates and reports, where it is time to.</summary>
    private void Account(IProgress<HeadTrainingProgress>? progress, CancellationToken cancellationToken)
    {
        HeadTrainingProgress report = Progress;
        if (IsValidated)
        {
            Figures figures = Validate(cancellationToken);
            report = Progress with { Validation = figures, Best = _selection.Add(_adam.Step, figures, _head) };
        }
        else if (_adam.Step % _options.ReportEvery != 0)
        {
            return;
        }
        Write("metrics", () => _log?.Write(report));
        progress?.Report(report);
        _window.Clear();
    }

    /// <summary>The head of the chosen step, and what is known of it.</summary>
    private DcsmHead Result(CancellationToken cancellationToken)
    {
        Figures figures = _selection.Step is null ? Validate(cancellationToken) : _selection.Figures;
        var metrics = new JsonObject
        {
            ["step"] = _selection.Step ?? _adam.Step,
            ["seconds"] = Math.Round(Elapsed.TotalSeconds, 1),
            ["device"] = TrainingDeviceScope.Current,
            ["validation"] = JsonSerializer.SerializeToNode(figures),
        };
        if (_options.Choose == HeadChoice.Best && figures.Count > 0)
            metrics["chosenBy"] = _selection.Measure(figures);
        if (_selection.Step is { } step && step != _adam.Step)
            metrics["trainedTo"] = _adam.Step;
        _head.Set(_selection.Weights);
        return new DcsmHead(_config with { Metrics = metrics }, _head.ToWeights());
    }

    private Figures Validate(CancellationToken cancellationToken) =>
        _validation.Evaluate(batch => _step.Scores(batch, parts: 1), cancellationToken);

    private bool IsOver => Fraction >= 1 || _selection.IsExhausted;

    private bool IsValidated => IsOver || ((_options.EvaluateEvery ?? _stepsPerEpoch) is > 0 and var every && _adam.Step % every == 0);

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

    private TimeSpan Elapsed => _before + _clock.Elapsed;

    private double Fraction => Math.Max((double)_adam.Step / _options.Steps, _options.TimeLimit is { } limit ? Elapsed / limit : 0);

    private double LearningRate
    {
        get
        {
            double warm = Math.Min(1, (_adam.Step + 1.0) / (_options.WarmUpSteps + 1)),
                left = Math.Max(0, 1 - Fraction);
            return _options.LearningRate
                * warm
                * _options.Schedule switch
                {
                    HeadSchedule.Cosine => (1 - Math.Cos(Math.PI * left)) / 2,
                    HeadSchedule.Linear => left,
                    _ => 1,
                };
        }
    }

    private HeadTrainingProgress Progress =>
        new(
            _adam.Step,
            _options.Steps,
            (double)_adam.Step / _stepsPerEpoch,
            Math.Min(1, Fraction),
            _window.Loss,
            _window.Accuracy,
            LearningRate,
            (double)(_adam.Step - _first) * _options.SamplesPerStream * _source.Streams.Count / _clock.Elapsed.TotalSeconds,
            _encoder.Encoded,
            Elapsed,
            Validation: null
        );

    /// <summary>The weights of the streams, made to have the mean 1.</summary>
    private static float[]? Weights(IHeadTrainingSource source)
    {
        if (source.Weights is not { } weights)
            return null;
        if (weights.Count != source.Streams.Count || !weights.All(weight => weight > 0 && double.IsFinite(weight)))
        {
            throw new ArgumentException(
                $"The source has {source.Streams.Count} streams and the weights {string.Join(", ", weights)}; each stream needs "
                    + $"one above 0.",
                nameof(source)
            );
        }

        double mean = weights.Average();
        return [.. weights.Select(weight => (float)(weight / mean))];
    }

    private static HeadTrainingOptions Resolve(IHeadTrainingSource source, HeadTrainingOptions options) =>
        options.Epochs is not { } epochs
            ? options
            : options with
            {
                Steps = (int)Math.Min(int.MaxValue, (long)epochs * HeadEpoch.Steps(source, options)),
                Epochs = null,
            };

    /// <summary>Text tokens of the maps that options ask for.</summary>
    internal static int TextTokens(ClipModel clip, HeadTrainingOptions options) =>
        options.TextTokens > 0 ? options.TextTokens : Math.Min(30, clip.Config.Text.ContextLength);

    private static DcsmConfig Configure(ClipModel clip, IHeadTrainingSource source, HeadTrainingOptions options)
    {
        int textTokens = TextTokens(clip, options);
        if (textTokens > clip.Config.Text.ContextLength)
        {
            throw new ArgumentException(
                $"{nameof(options.TextTokens)} is {textTokens}, and this CLIP's text has {clip.Config.Text.ContextLength} at most.",
                nameof(options)
            );
        }

        if (source.Streams.Count == 0)
            throw new ArgumentException("The source has no streams.", nameof(source));
        return new DcsmConfig
        {
            ClipFingerprint = clip.Fingerprint,
            ClipName = Path.GetFileName(Path.TrimEndingDirectorySeparator(clip.Directory)),
            ImageTokens = clip.ImageTokens,
            TextTokens = textTokens,
            Dimension = clip.Dimension,
            Words = options.Words,
            Placement = options.Placement,
            Standardization = options.Standardization,
            Convolutions = options.Convolutions,
            Channels = options.Channels,
            Hidden = options.Hidden,
            Training = new JsonObject
            {
                ["clip"] = clip.Fingerprint,
                ["options"] = options.Describe(),
                ["data"] = source.Describe(),
            },
        };
    }

    /// <summary>Closes what <see cref="Train"/> opened.</summary>
    public void Dispose()
    {
        _log?.Dispose();
        _validation.Dispose();
        _step.Dispose();
        _head.Dispose();
    }
}
