using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Training.Heads;
using Dcsm.Training.Pretraining;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Adaptation;

/// <summary>
/// Adapts a CLIP to opposites in one of several ways, all on the same samples and for the same number of steps. Methods that change
/// CLIP are trained on the sum of two losses of its pooled cosines: the symmetric cross-entropy over all images and captions of the step, opposites
/// included (as NegCLIP, Yuksekgonul et al., 2023), and that of each sample's 2 × 2. The linear probe, like the DCSM head, has the second alone.
/// </summary>
public static class ClipAdaptation
{
    private const string RecordName = "adaptation.json";
    private const int WarmUpSteps = 30;

    // CLIP's usual logit scale: cosines alone are too close to one another for a cross-entropy to tell them apart.
    private const double ProbeScale = 100;

    /// <summary>Adapts, or takes what is finished. DCSM goes on from its checkpoint; other methods start over when they were interrupted.</summary>
    /// <param name="clip">The CLIP; it is not changed. For methods that change it, a Hugging Face directory of the plain kind.</param>
    /// <param name="source">The samples; all with negative images.</param>
    /// <param name="method">How.</param>
    /// <param name="options">For how long, and on how much.</param>
    /// <param name="directory">Where the result goes.</param>
    /// <param name="progress">Told after every step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="InvalidDataException">The folder holds a result with other settings; or the CLIP can't be trained here; or the loss is not finite any more.</exception>
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
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        options.Check();
        TorchNative.EnsureLoaded();
        var samples = new SubsetTrainingSource(source, options.Samples);
        JsonObject settings = options.Describe(method);
        settings["clip"] = clip.Fingerprint;
        settings["data"] = samples.Describe();
        string record = Path.Combine(directory, RecordName);
        if (Finished(record, settings, method, directory, options) is { } finished)
            return finished;

        var clock = Stopwatch.StartNew();
        (long parameters, double? seconds) = method switch
        {
            AdaptationMethod.LinearProbe => (TrainProbe(clip, samples, options, directory, progress, cancellationToken), null),
            AdaptationMethod.Dcsm => TrainHead(clip, samples, options, directory, progress, cancellationToken),
            _ => (TrainClip(clip, samples, method, options, directory, progress, cancellationToken), null),
        };
        var run = new AdaptationRun(method, directory, parameters, seconds ?? clock.Elapsed.TotalSeconds, options.LearningRateOf(method));
        var written = new JsonObject
        {
            ["settings"] = settings,
            ["parameters"] = parameters,
            ["seconds"] = Math.Round(run.Seconds, 2),
        };
        AtomicFile.Write(record, written.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        return run;
    }

    private static AdaptationRun? Finished(
        string record,
        JsonObject settings,
        AdaptationMethod method,
        string directory,
        AdaptationOptions options
    )
    {
        if (!File.Exists(record))
            return null;
        JsonObject? saved;
        try
        {
            saved = JsonNode.Parse(File.ReadAllBytes(record)) as JsonObject;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{record}: not JSON ({e.Message}); remove the folder to start anew", e);
        }
        if (HeadTrainingCheckpoint.Difference(saved?["settings"], settings) is { } difference)
        {
            throw new InvalidDataException(
                $"{record}: this adaptation had other settings ({difference}); give the same ones, or another folder"
            );
        }

        return new AdaptationRun(
            method,
            directory,
            saved!["parameters"]!.GetValue<long>(),
            saved["seconds"]!.GetValue<double>(),
            options.LearningRateOf(method)
        );
    }

    // Its own seconds count what went before an interruption, too.
    private static (long Parameters, double? Seconds) TrainHead(
        ClipModel clip,
        SubsetTrainingSource source,
        AdaptationOptions options,
        string directory,
        IProgress<AdaptationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var head = new HeadTrainingOptions
        {
            Steps = options.Steps,
            SamplesPerStream = options.SamplesPerStream,
            PoolSamples = options.Samples,
            LearningRate = options.LearningRateOf(AdaptationMethod.Dcsm),
            ValidationSamples = 0,
            ReportEvery = 1,
            Seed = options.Seed,
        };
        DcsmHead trained = HeadTrainer.Train(
            clip,
            source,
            head,
            directory,
            progress is null ? null : new Relay(progress),
            cancellationToken
        );
        trained.Save(directory);
        return (trained.Config.ParameterCount, trained.Config.Metrics["seconds"]?.GetValue<double>());
    }

    private static long TrainProbe(
        ClipModel clip,
        SubsetTrainingSource source,
        AdaptationOptions options,
        string directory,
        IProgress<AdaptationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using DisposeScope scope = NewDisposeScope();
        var batches = new PooledBatches(clip, new AdaptationBatches(clip, source, options));
        using var weight = new Parameter(cat([ones(clip.Dimension), zeros(clip.Dimension)])); // Training begins at the cosine.
        Run(
            new Dictionary<string, Parameter> { ["weight"] = weight },
            AdaptationMethod.LinearProbe,
            options,
            step =>
            {
                (float[] images, float[] captions) = batches.Read(step);
                long samples = images.Length / (2 * clip.Dimension);
                return HeadLosses.Contrastive(
                    ProbeFeatures(tensor(images, [samples, 2, clip.Dimension]), tensor(captions, [samples, 2, clip.Dimension]))
                        .matmul(weight) * ProbeScale
                );
            },
            progress,
            cancellationToken
        );
        new LinearProbe([.. weight.cpu().data<float>()]).Save(directory);
        return weight.numel();
    }

    private static long TrainClip(
        ClipModel clip,
        SubsetTrainingSource source,
        AdaptationMethod method,
        AdaptationOptions options,
        string directory,
        IProgress<AdaptationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed((long)options.Seed);
        var model = TorchClip.Load(clip);
        IReadOnlyDictionary<string, Parameter> trained = Choose(model, method, options.Rank);
        foreach ((string name, Parameter parameter) in model.Parameters)
            parameter.requires_grad_(trained.ContainsKey(name));
        var batches = new AdaptationBatches(clip, source, options);
        Run(
            trained,
            method,
            options,
            step =>
            {
                (float[] pixels, string[] captions) = batches.Read(step);
                Tensor images = model.EncodeImages(Patches(pixels, clip.Config.Vision)).select(1, 0);
                Tensor texts = EncodeTexts(model, clip, captions);
                Tensor logits = images.matmul(texts.t()) * model.LogitScale.exp(); // [2 · samples, 2 · samples]
                Tensor blocks = logits.unflatten(1, [-1, 2]).unflatten(0, [-1, 2]).diagonal(0, 0, 2).permute(2, 0, 1);
                return HeadLosses.Contrastive(logits.unsqueeze(0)) + HeadLosses.Contrastive(blocks);
            },
            progress,
            cancellationToken
        );
        using (no_grad())
        {
            foreach ((string name, LowRankUpdate update) in model.Updates ?? new Dictionary<string, LowRankUpdate>())
                model.Parameters[name].add_(update.Delta());
        }
        ClipDirectoryWriter.WriteAdapted(directory, clip, model);
        return trained.Values.Sum(parameter => parameter.numel());
    }

    /// <summary>What a linear probe reads of each image with each caption of its sample.</summary>
    /// <param name="images">[samples, 2, dimension].</param>
    /// <param name="captions">[samples, 2, dimension].</param>
    /// <returns>[samples, images, captions, 2 · dimension].</returns>
    internal static Tensor ProbeFeatures(Tensor images, Tensor captions)
    {
        Tensor u = images.unsqueeze(2),
            v = captions.unsqueeze(1);
        return cat([u * v, (u - v).abs()], -1);
    }

    /// <summary>What a method trains, by name; low-rank updates are put into the model.</summary>
    internal static IReadOnlyDictionary<string, Parameter> Choose(TorchClip model, AdaptationMethod method, int rank)
    {
        if (method != AdaptationMethod.LowRank)
        {
            return model
                .Parameters.Where(p => method == AdaptationMethod.Full || p.Key is "visual_projection.weight" or "text_projection.weight")
                .ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        }
        model.Updates = model
            .Parameters.Where(p =>
                p.Key.EndsWith(".self_attn.q_proj.weight", StringComparison.Ordinal)
                || p.Key.EndsWith(".self_attn.v_proj.weight", StringComparison.Ordinal)
            )
            .ToDictionary(
                p => p.Key,
                p => new LowRankUpdate(p.Value.shape[0], p.Value.shape[1], rank, alpha: 2 * rank),
                StringComparer.Ordinal
            );
        return model
            .Updates.SelectMany(p => new[] { KeyValuePair.Create(p.Key + ".A", p.Value.A), KeyValuePair.Create(p.Key + ".B", p.Value.B) })
            .ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
    }

    /// <summary>Pooled embeddings of captions, of unit length. [captions, dimension]</summary>
    internal static Tensor EncodeTexts(TorchClip model, ClipModel clip, string[] captions)
    {
        TokenizedText[] texts = [.. captions.Select(caption => clip.Tokenizer.Tokenize(caption, clip.Config.Text.ContextLength))];
        int length = texts.Max(text => text.Length);
        long[] ids = [.. texts.SelectMany(text => text.Ids.Take(length).Select(id => (long)id))];
        long[] ends = [.. texts.Select((text, i) => ((long)i * length) + text.Length - 1)];
        return model.EncodeTexts(tensor(ids, [texts.Length, length])).flatten(0, 1).index_select(0, tensor(ends));
    }

    /// <summary>Pictures [images, 3, side, side] as patches [images, patches, 3 · P · P].</summary>
    internal static Tensor Patches(float[] pixels, ClipVisionConfig vision)
    {
        long grid = vision.Grid,
            patch = vision.PatchSize;
        return tensor(pixels, [pixels.Length / (3 * grid * grid * patch * patch), 3, grid, patch, grid, patch])
            .permute(0, 2, 4, 1, 3, 5)
            .reshape(-1, grid * grid, 3 * patch * patch);
    }

    private static void Run(
        IReadOnlyDictionary<string, Parameter> parameters,
        AdaptationMethod method,
        AdaptationOptions options,
        Func<int, Tensor> loss,
        IProgress<AdaptationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var adam = new AdamW(parameters, weightDecay: 0, beta2: 0.999, epsilon: 1e-8);
        for (int step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            adam.ZeroGradients();
            Tensor value = loss(step);
            value.backward();
            double number = value.item<float>();
            if (!double.IsFinite(number))
            {
                throw new InvalidDataException(
                    $"{method}, step {step + 1}: the loss is {number}; lower the learning rate ({options.LearningRateOf(method)})"
                );
            }

            double warm = Math.Min(1, (step + 1.0) / (WarmUpSteps + 1)),
                left = 1 - ((double)step / options.Steps);
            adam.Advance(options.LearningRateOf(method) * warm * (1 - Math.Cos(Math.PI * left)) / 2, maximumNorm: 1);
            progress?.Report(new AdaptationProgress(step + 1, options.Steps, number));
        }
    }

    private sealed class Relay(IProgress<AdaptationProgress> progress) : IProgress<HeadTrainingProgress>
    {
        public void Report(HeadTrainingProgress value) => progress.Report(new AdaptationProgress(value.Step, value.Steps, value.Loss));
    }
}
