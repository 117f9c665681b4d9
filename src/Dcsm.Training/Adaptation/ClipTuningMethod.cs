using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Training.Heads;
using Dcsm.Training.Pretraining;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Dcsm.Training.Adaptation;

/// <summary>
/// The methods that change CLIP itself; they differ in what of it is trained. The loss is the sum of two, both of the pooled cosines:
/// the symmetric cross-entropy over all images and captions of the step, hard negatives included (as NegCLIP, Yuksekgonul et al., 2023),
/// and that of each sample's 2 × 2. The result is an ordinary CLIP directory.
/// </summary>
internal abstract class ClipTuningMethod : AdaptationMethod
{
    private protected ClipTuningMethod() { }

    /// <summary>What is trained, by name, and what is done with it at the end.</summary>
    /// <param name="model">The CLIP; what is added goes into it.</param>
    /// <param name="options">The settings.</param>
    /// <param name="generator">Where new weights are drawn from; null for libtorch's default.</param>
    internal abstract TrainedParameters Choose(TorchClip model, AdaptationOptions options, Generator? generator);

    /// <inheritdoc/>
    public sealed override AdaptedClip Open(string directory, ClipModel clip, ClipOptions options) =>
        new TunedClip(ClipModel.Load(directory, options));

    internal sealed override (long Parameters, double? Seconds) Train(AdaptationTask task)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(task.Options.Seed, get_default_device());
        var model = TorchClip.Load(task.Clip, generator);
        TrainedParameters trained = Choose(model, task.Options, generator);
        foreach ((string name, Parameter parameter) in model.Parameters)
            parameter.requires_grad_(trained.Parameters.ContainsKey(name));
        var batches = new AdaptationBatches(task.Clip, task.Source, task.Options);
        task.Optimize(
            trained.Parameters,
            step =>
            {
                (float[] pixels, string[] captions) = batches.Read(step);
                Tensor images = model.EncodeImages(Patches(pixels, task.Clip.Config.Vision)).select(1, 0);
                Tensor texts = EncodeTexts(model, task.Clip, captions);
                Tensor logits = images.matmul(texts.t()) * model.LogitScale.exp(); // [2 · samples, 2 · samples]
                Tensor blocks = logits.unflatten(1, [-1, 2]).unflatten(0, [-1, 2]).diagonal(0, 0, 2).permute(2, 0, 1);
                return HeadLosses.Contrastive(logits.unsqueeze(0)).Plus(HeadLosses.Contrastive(blocks));
            }
        );
        using (no_grad())
            trained.Merge?.Invoke();
        ClipDirectoryWriter.WriteAdapted(task.Directory, task.Clip, model);
        return (trained.Parameters.Values.Sum(parameter => parameter.numel()), null);
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

    /// <summary>The cosine of the changed CLIP's pooled embeddings.</summary>
    private sealed class TunedClip(ClipModel clip) : AdaptedClip(clip)
    {
        public override float[] Score(ImageEncoding images, TextEncoding captions, IReadOnlyList<(int Image, int Caption)> pairs) =>
            [.. pairs.Select(pair => TensorPrimitives.Dot(images.Pooled[pair.Image], captions.Pooled[pair.Caption]))];

        private protected override void Dispose(bool disposing)
        {
            Clip.Dispose();
            base.Dispose(disposing);
        }
    }
}
