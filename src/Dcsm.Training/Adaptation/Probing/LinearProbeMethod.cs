using Dcsm.Clip.Models;
using Dcsm.Training.Heads;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Adaptation.Probing;

/// <summary>
/// CLIP is frozen; one linear layer reads the pooled embeddings of image and caption. Trained, like the DCSM head, on the cross-entropy of
/// each sample's 2 × 2.
/// </summary>
internal sealed class LinearProbeMethod : AdaptationMethod
{
    // CLIP's usual logit scale: cosines alone are too close to one another for a cross-entropy to tell them apart.
    private const double Scale = 100;

    /// <inheritdoc/>
    public override string Name => "probe";

    /// <inheritdoc/>
    public override double LearningRate => 9e-2;

    internal override string RecordName => "LinearProbe";

    /// <inheritdoc/>
    public override string Title(AdaptationOptions options) => "frozen, linear probe";

    /// <inheritdoc/>
    public override AdaptedClip Open(string directory, ClipModel clip, ClipOptions options) =>
        new ProbedClip(clip, LinearProbe.Load(directory));

    internal override (long Parameters, double? Seconds) Train(AdaptationTask task)
    {
        using DisposeScope scope = NewDisposeScope();
        int dimension = task.Clip.Dimension;
        var batches = new PooledBatches(task.Clip, new AdaptationBatches(task.Clip, task.Source, task.Options));
        using var weight = new Parameter(cat([ones(dimension), zeros(dimension)])); // Training begins at the cosine.
        task.Optimize(
            new Dictionary<string, Parameter> { ["weight"] = weight },
            step =>
            {
                (float[] images, float[] captions) = batches.Read(step);
                long samples = images.Length / (2 * dimension);
                return HeadLosses.Contrastive(
                    Features(tensor(images, [samples, 2, dimension]), tensor(captions, [samples, 2, dimension])).matmul(weight).Times(Scale)
                );
            }
        );
        new LinearProbe([.. weight.cpu().data<float>()]).Save(task.Directory);
        return (weight.numel(), null);
    }

    /// <summary>What a linear probe reads of each image with each caption of its sample.</summary>
    /// <param name="images">[samples, 2, dimension].</param>
    /// <param name="captions">[samples, 2, dimension].</param>
    /// <returns>[samples, images, captions, 2 · dimension].</returns>
    private static Tensor Features(Tensor images, Tensor captions)
    {
        Tensor u = images.unsqueeze(2),
            v = captions.unsqueeze(1);
        return cat([u * v, (u - v).abs()], -1);
    }

    private sealed class ProbedClip(ClipModel clip, LinearProbe probe) : AdaptedClip(clip)
    {
        public override float[] Score(ImageEncoding images, TextEncoding captions, IReadOnlyList<(int Image, int Caption)> pairs) =>
            [.. pairs.Select(pair => probe.Score(images.Pooled[pair.Image], captions.Pooled[pair.Caption]))];
    }
}
