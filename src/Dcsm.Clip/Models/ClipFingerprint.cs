using System.Globalization;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Models;

/// <summary>What tells one CLIP from another: its architecture and its weights.</summary>
internal static class ClipFingerprint
{
    /// <param name="used">The tensors that the towers take.</param>
    public static string Compute(ClipConfig config, ClipWeights weights, IEnumerable<OnnxWeight> used) =>
        weights.Fingerprint(
            Describe(config),
            [.. used.SelectMany(weight => weight.Stored).Select(stored => stored.Name), "logit_scale", .. Scales(config)]
        );

    // A CLIP's embeddings are what they are whatever is added to their cosines, and so they were told apart from the first.
    private static string[] Scales(ClipConfig config) => config.Architecture == ClipConfig.Clip ? [] : ["logit_bias"];

    private static string Describe(ClipConfig config)
    {
        (ClipVisionConfig? vision, ClipTextConfig? text) = (config.Vision, config.Text);
        string image = vision.ResNet is { } resNet
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"resnet {resNet.Width} {string.Join(',', resNet.Layers)} {vision.Heads} {vision.ImageSize}"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{vision.HiddenSize} {vision.IntermediateSize} {vision.Layers} {vision.Heads} {vision.ImageSize} "
                    + $"{vision.PatchSize} {vision.Activation} {vision.LayerNormEpsilon:R}"
            );
        string captions = string.Create(
            CultureInfo.InvariantCulture,
            $"{text.HiddenSize} {text.IntermediateSize} {text.Layers} {text.Heads} {text.VocabularySize} "
                + $"{text.ContextLength} {text.Activation} {text.LayerNormEpsilon:R} {text.EndToken}"
        );
        if (config.Architecture != ClipConfig.Clip)
            captions += string.Create(CultureInfo.InvariantCulture, $" {text.Positions} {text.PadToken} {vision.PoolHeads}");
        return string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {config.Architecture} projection {config.ProjectionDim}
                vision {image}
                text {captions}

                """
            )
            .ReplaceLineEndings("\n");
    }
}
