using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Training.Samples;
using Dcsm.Training.Torch;

namespace Dcsm.Training.Heads;

/// <summary>
/// Trains a DCSM head on token embeddings of a frozen CLIP (<c>training/train.py</c>). The same arguments give the same head on
/// the same machine, also when the run is interrupted and resumed, unless it has a time limit.
/// </summary>
public static class HeadTrainer
{
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
    /// <example>
    /// <code>
    /// using var clip = ClipModel.Load("models/clip");
    /// DcsmHead head = HeadTrainer.Train(clip, source, new HeadTrainingOptions { Steps = 500 }, checkpointDirectory: "run");
    /// head.Save("head");
    /// </code>
    /// </example>
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
        int stepsPerEpoch = options.StepsPerEpoch(source);
        options = Resolve(source, options);
        DcsmConfig config = Configure(clip, source, options);
        var encoder = new SampleEncoder(clip, config, encodings);
        if (config.Standardization == MapStandardization.Fixed && options.From is null)
            config = MapLevel.Measure(source, options, config, encoder, cancellationToken);
        using var run = new HeadTrainingRun(source, options, config, StreamWeights(source), encoder, stepsPerEpoch, checkpointDirectory);
        return run.Train(progress, cancellationToken);
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

    /// <summary>Options with a number of steps, where they have epochs.</summary>
    private static HeadTrainingOptions Resolve(IHeadTrainingSource source, HeadTrainingOptions options) =>
        options.Epochs is not { } epochs
            ? options
            : options with
            {
                Steps = (int)Math.Min(int.MaxValue, (long)epochs * options.StepsPerEpoch(source)),
                Epochs = null,
            };

    /// <summary>The weights of the streams, made to have the mean 1.</summary>
    private static float[]? StreamWeights(IHeadTrainingSource source)
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

    /// <summary>Text tokens of the maps that options ask for.</summary>
    internal static int TextTokens(ClipModel clip, HeadTrainingOptions options) =>
        options.TextTokens > 0 ? options.TextTokens : Math.Min(30, clip.Config.Text.ContextLength);

    private static DcsmConfig Configure(ClipModel clip, IHeadTrainingSource source, HeadTrainingOptions options)
    {
        if (options.From is { } from)
        {
            return from.Config.ClipFingerprint == clip.Fingerprint
                ? from.Config with
                {
                    Calibration = null,
                    Metrics = [],
                    Training = Record(clip, source, options),
                }
                : throw new ArgumentException(
                    $"The head to go on from was trained on {from.Config.ClipName ?? "a CLIP"}, fingerprint {from.Config.ClipFingerprint}; "
                        + $"this CLIP is {clip.Fingerprint}.",
                    nameof(options)
                );
        }

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
        if (options.Patience > 0 && source.Validation.Count == 0)
        {
            throw new ArgumentException(
                $"{nameof(options.Patience)} is {options.Patience}, but nothing is held out: there is no validation to wait for.",
                nameof(options)
            );
        }

        return new DcsmConfig
        {
            ClipFingerprint = clip.Fingerprint,
            ClipName = Path.GetFileName(Path.TrimEndingDirectorySeparator(clip.Directory)),
            ImageTokens = clip.ImageTokens,
            TextTokens = textTokens,
            Dimension = clip.Dimension,
            Words = options.Words,
            KnownWords = clip.KnownWords,
            Placement = options.Placement,
            CaptionForm = options.CaptionForm,
            Standardization = options.Standardization,
            Convolutions = options.Convolutions,
            Channels = options.Channels,
            Hidden = options.Hidden,
            Training = Record(clip, source, options),
        };
    }

    private static JsonObject Record(ClipModel clip, IHeadTrainingSource source, HeadTrainingOptions options) =>
        new()
        {
            ["clip"] = clip.Fingerprint,
            ["options"] = options.Describe(),
            ["data"] = source.Describe(),
        };
}
