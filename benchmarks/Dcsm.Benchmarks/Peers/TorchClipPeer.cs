using Dcsm.Clip.Models;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Dcsm.Benchmarks.Peers;

/// <summary>Peer (a): CLIP's towers in libtorch, eager and without gradients, as transformers' <c>modeling_clip.py</c>.</summary>
internal sealed class TorchClipPeer : IDisposable
{
    private readonly TorchLayers _layers = new();
    private readonly ClipConfig _config;

    public TorchClipPeer(ClipConfig config, FormulaTensors formula)
    {
        _config = config;
        foreach (string name in formula.Names.Where(name => name != "logit_scale"))
            _layers.Add(name, formula.Values(name), formula.Shape(name));
    }

    /// <summary>[images, 3, S, S] → [images, tokens, dimension], of unit length.</summary>
    public Tensor EncodeImages(Tensor pixels)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ClipVisionConfig vision = _config.Vision;
        Tensor patches = F.conv2d(
            pixels,
            _layers["vision_model.embeddings.patch_embedding.weight"],
            strides: [vision.PatchSize, vision.PatchSize]
        );
        Tensor x = cat(
            [_layers["vision_model.embeddings.class_embedding"].expand(pixels.shape[0], 1, -1), patches.flatten(2).transpose(1, 2)],
            1
        );
        x = _layers.Norm(
            x + _layers["vision_model.embeddings.position_embedding.weight"],
            "vision_model.pre_layrnorm",
            vision.LayerNormEpsilon
        );
        for (int layer = 0; layer < vision.Layers; layer++)
            x = _layers.Layer(x, $"vision_model.encoder.layers.{layer}", vision.Heads, vision.LayerNormEpsilon, QuickGelu, mask: null);
        x = F.linear(_layers.Norm(x, "vision_model.post_layernorm", vision.LayerNormEpsilon), _layers["visual_projection.weight"]);
        return (x / x.norm(-1, keepdim: true)).MoveToOuterDisposeScope();
    }

    /// <summary>[texts, tokens] → [texts, tokens, dimension], of unit length. No token looks at later ones.</summary>
    public Tensor EncodeTexts(Tensor ids)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ClipTextConfig text = _config.Text;
        long length = ids.shape[1];
        Tensor x =
            _layers["text_model.embeddings.token_embedding.weight"].index_select(0, ids.flatten()).unflatten(0, ids.shape)
            + _layers["text_model.embeddings.position_embedding.weight"].narrow(0, 0, length);
        Tensor mask = full([length, length], float.NegativeInfinity).triu(1);
        for (int layer = 0; layer < text.Layers; layer++)
            x = _layers.Layer(x, $"text_model.encoder.layers.{layer}", text.Heads, text.LayerNormEpsilon, QuickGelu, mask);
        x = F.linear(_layers.Norm(x, "text_model.final_layer_norm", text.LayerNormEpsilon), _layers["text_projection.weight"]);
        return (x / x.norm(-1, keepdim: true)).MoveToOuterDisposeScope();
    }

    public void Dispose() => _layers.Dispose();

    private static Tensor QuickGelu(Tensor x) => x * sigmoid(1.702 * x);
}
