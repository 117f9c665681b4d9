using Dcsm.Clip.Models;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Dcsm.Benchmarks.Peers;

/// <summary>Peer (a): CLIP's towers in libtorch, eager and without gradients, as transformers' <c>modeling_clip.py</c>.</summary>
internal sealed class TorchClipPeer : IDisposable
{
    private readonly Dictionary<string, Tensor> _weights = new(StringComparer.Ordinal);
    private readonly ClipConfig _config;

    public TorchClipPeer(ClipConfig config, FormulaTensors formula)
    {
        _config = config;
        foreach (string name in formula.Names.Where(name => name != "logit_scale"))
            _weights[name] = tensor(formula.Values(name), [.. formula.Shape(name).Select(size => (long)size)]);
    }

    /// <summary>[images, 3, S, S] → [images, tokens, dimension], of unit length.</summary>
    public Tensor EncodeImages(Tensor pixels)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ClipVisionConfig vision = _config.Vision;
        Tensor patches = F.conv2d(
            pixels,
            _weights["vision_model.embeddings.patch_embedding.weight"],
            strides: [vision.PatchSize, vision.PatchSize]
        );
        Tensor x = cat(
            [_weights["vision_model.embeddings.class_embedding"].expand(pixels.shape[0], 1, -1), patches.flatten(2).transpose(1, 2)],
            1
        );
        x = Norm(x + _weights["vision_model.embeddings.position_embedding.weight"], "vision_model.pre_layrnorm", vision.LayerNormEpsilon);
        for (int layer = 0; layer < vision.Layers; layer++)
            x = Layer(x, $"vision_model.encoder.layers.{layer}", vision.Heads, vision.LayerNormEpsilon, mask: null);
        x = F.linear(Norm(x, "vision_model.post_layernorm", vision.LayerNormEpsilon), _weights["visual_projection.weight"]);
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
            _weights["text_model.embeddings.token_embedding.weight"].index_select(0, ids.flatten()).unflatten(0, ids.shape)
            + _weights["text_model.embeddings.position_embedding.weight"].narrow(0, 0, length);
        Tensor mask = full([length, length], float.NegativeInfinity).triu(1);
        for (int layer = 0; layer < text.Layers; layer++)
            x = Layer(x, $"text_model.encoder.layers.{layer}", text.Heads, text.LayerNormEpsilon, mask);
        x = F.linear(Norm(x, "text_model.final_layer_norm", text.LayerNormEpsilon), _weights["text_projection.weight"]);
        return (x / x.norm(-1, keepdim: true)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (Tensor weight in _weights.Values)
            weight.Dispose();
    }

    private Tensor Layer(Tensor x, string name, int heads, double epsilon, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = Norm(x, $"{name}.layer_norm1", epsilon);
        Tensor Heads(string part) => Linear(h, $"{name}.self_attn.{part}").unflatten(2, [heads, -1]).transpose(1, 2);
        Tensor attended = F.scaled_dot_product_attention(Heads("q_proj"), Heads("k_proj"), Heads("v_proj"), mask);
        x = x + Linear(attended.transpose(1, 2).flatten(2), $"{name}.self_attn.out_proj");
        h = Linear(Norm(x, $"{name}.layer_norm2", epsilon), $"{name}.mlp.fc1");
        h = h * sigmoid(1.702 * h);
        return (x + Linear(h, $"{name}.mlp.fc2")).MoveToOuterDisposeScope();
    }

    private Tensor Linear(Tensor x, string name) => F.linear(x, _weights[$"{name}.weight"], _weights[$"{name}.bias"]);

    private Tensor Norm(Tensor x, string name, double epsilon) =>
        F.layer_norm(x, [x.shape[^1]], _weights[$"{name}.weight"], _weights[$"{name}.bias"], epsilon);
}
