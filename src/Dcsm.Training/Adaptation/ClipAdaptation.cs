using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;

namespace Dcsm.Training.Adaptation;

/// <summary>Adapts a CLIP to hard negatives in one of several ways, all on the same samples and for the same number of steps.</summary>
public static class ClipAdaptation
{
    /// <summary>The record of a finished run, in its folder.</summary>
    internal const string RecordName = "adaptation.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Adapts, or takes what is finished. DCSM goes on from its checkpoint; other methods start over when they were interrupted.
    /// </summary>
    /// <param name="clip">The CLIP; it is not changed. For methods that change it, a Hugging Face directory of the plain kind.</param>
    /// <param name="source">The samples; all with negative images.</param>
    /// <param name="method">How.</param>
    /// <param name="options">For how long, and on how much.</param>
    /// <param name="directory">Where the result goes.</param>
    /// <param name="progress">Told after every step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="InvalidDataException">
    /// The folder holds a result with other settings; or the CLIP can't be trained here; or the loss is not finite any more.
    /// </exception>
    public static AdaptationRun Train(
        ClipModel clip,
        IHeadTrainingSource source,
        AdaptationMethod method,
        AdaptationOptions options,
        string directory,
        IProgress<AdaptationProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        options.Check();
        TorchNative.EnsureLoaded();
        var task = new AdaptationTask(
            method,
            clip,
            new SubsetTrainingSource(source, options.Samples),
            options,
            directory,
            progress,
            cancellationToken
        );
        JsonObject settings = options.Describe(method);
        settings["clip"] = clip.Fingerprint;
        settings["data"] = task.Source.Describe();
        string record = Path.Combine(directory, RecordName);
        if (Finished(record, settings, task) is { } finished)
            return finished;

        var clock = Stopwatch.StartNew();
        (long parameters, double? seconds) = method.Train(task);
        var run = new AdaptationRun(method, directory, parameters, seconds ?? clock.Elapsed.TotalSeconds, task.LearningRate);
        var written = new JsonObject
        {
            ["settings"] = settings,
            ["parameters"] = parameters,
            ["seconds"] = Math.Round(run.Seconds, 2),
        };
        AtomicFile.Write(record, written.ToJsonString(Indented) + "\n");
        return run;
    }

    private static AdaptationRun? Finished(string record, JsonObject settings, AdaptationTask task)
    {
        if (!File.Exists(record))
            return null;
        JsonObject saved = JsonField.Load(record).ToNode();
        if (HeadTrainingCheckpoint.Difference(saved["settings"], settings) is { } difference)
        {
            throw new InvalidDataException(
                $"{record}: this adaptation had other settings ({difference}); give the same ones, or another folder"
            );
        }

        return new AdaptationRun(
            task.Method,
            task.Directory,
            saved["parameters"]!.GetValue<long>(),
            saved["seconds"]!.GetValue<double>(),
            task.LearningRate
        );
    }
}
