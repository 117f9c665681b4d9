using Dcsm.Clip.Models;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Dcsm.Benchmarks.Peers;

/// <summary>A SigLIP's image tower in libtorch, eager and without gradients, as transformers' <c>modeling_siglip.py</c>.</summary>
internal sealed class TorchSigLipPeer(ClipVisionConfig vision) : IDisposable
{
    private const string Head = "vision_model.head";

    /// <summary>The weights, to be filled; the three parts of the head's attention by themselves.</summary>
    public TorchLayers Layers { get; } = new();

    /// <summary>[images, 3, S, S] → [images, width], of unit length.</summary>
    public Tensor EncodeImages(Tensor pixels)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor x = F.conv2d(
            pixels,
            Layers["vision_model.embeddings.patch_embedding.weight"],
            Layers["vision_model.embeddings.patch_embedding.bias"],
            strides: [vision.PatchSize, vision.PatchSize]
        );
        x = x.flatten(2).transpose(1, 2) + Layers["vision_model.embeddings.position_embedding.weight"];
        for (int layer = 0; layer < vision.Layers; layer++)
            x = Layers.Layer(x, $"vision_model.encoder.layers.{layer}", vision.Heads, vision.LayerNormEpsilon, Gelu, mask: null);
        x = Layers.Norm(x, "vision_model.post_layernorm", vision.LayerNormEpsilon);

        Tensor probe = Layers.Linear(Layers[$"{Head}.probe"].expand(pixels.shape[0], 1, -1), $"{Head}.attention.q_proj");
        Tensor seen = F.scaled_dot_product_attention(
            Heads(probe),
            Heads(Layers.Linear(x, $"{Head}.attention.k_proj")),
            Heads(Layers.Linear(x, $"{Head}.attention.v_proj"))
        );
        x = Layers.Linear(seen.transpose(1, 2).flatten(2), $"{Head}.attention.out_proj").squeeze(1);
        x = x + Layers.Mlp(Layers.Norm(x, $"{Head}.layernorm", vision.LayerNormEpsilon), $"{Head}.mlp", Gelu);
        return (x / x.norm(-1, keepdim: true)).MoveToOuterDisposeScope();

        Tensor Heads(Tensor tokens) => tokens.unflatten(2, [vision.Heads, -1]).transpose(1, 2);
    }

    public void Dispose() => Layers.Dispose();

    private static Tensor Gelu(Tensor x) => x.gelu(TorchSharp.Modules.GELU.Approximate.tanh);
}
