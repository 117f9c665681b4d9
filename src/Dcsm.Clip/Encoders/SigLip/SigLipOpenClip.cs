using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.IO.Json;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Encoders.SigLip;

/// <summary>SigLIP as open_clip lays it out: the image tower is timm's, the text tower open_clip's own.</summary>
internal static class SigLipOpenClip
{
    private const string Trunk = "visual.trunk.",
        Block = "blocks.",
        Pool = "attn_pool.",
        Projection = "text.text_projection.",
        Head = "vision_model.head";

    /// <summary>What it understands of open_clip's configuration beyond a CLIP's.</summary>
    public static readonly string[] Keys =
    [
        OpenClipConfig.TimmName,
        "timm_model_pretrained",
        "timm_pool",
        "timm_proj",
        "no_causal_mask",
        "proj_bias",
        "pool_type",
        "act_kwargs",
        "tokenizer_kwargs",
    ];

    private static readonly (string Here, string There)[] Tower =
    [
        ("patch_embed.proj.", "vision_model.embeddings.patch_embedding."),
        ("norm.", "vision_model.post_layernorm."),
        ("attn_pool.q.", Head + ".attention.q_proj."),
        ("attn_pool.proj.", Head + ".attention.out_proj."),
        ("attn_pool.norm.", Head + ".layernorm."),
        ("attn_pool.mlp.", Head + ".mlp."),
    ];

    private static readonly (string Here, string There)[] Layer =
    [
        ("norm1.", "layer_norm1."),
        ("norm2.", "layer_norm2."),
        ("attn.proj.", "self_attn.out_proj."),
        ("mlp.", "mlp."),
    ];

    public static ClipConfig Read(ClipConfig config, OpenClipConfig? openClip)
    {
        if (openClip is not null)
        {
            Need(openClip.Vision, "timm_pool", "map");
            Need(openClip.Vision, "timm_proj", "none");
            Need(openClip.Text, "pool_type", "last");
            if (openClip.Text.Optional("no_causal_mask")?.Flag() != true)
                throw openClip.Text.Wrong("no_causal_mask is not true, as it is in SigLIPs");
            if (openClip.Text.Optional("tokenizer_kwargs")?.Optional("clean")?.String() != "canonicalize")
                throw openClip.Text.Wrong("tokenizer_kwargs.clean is not 'canonicalize', as it is in SigLIPs");
        }

        string timm = openClip?.Vision.Optional(OpenClipConfig.TimmName)?.String() ?? "";
        bool isTanhText = openClip?.Text.Optional("act_kwargs")?.Optional("approximate")?.String() == "tanh";
        return config with
        {
            Vision = config.Vision with
            {
                Activation = IsTanh(timm) ? ClipActivation.TanhGelu : ClipActivation.Gelu,
                LayerNormEpsilon = 1e-6,
            },
            Text = config.Text with
            {
                Activation = isTanhText ? ClipActivation.TanhGelu : ClipActivation.Gelu,
                LayerNormEpsilon = openClip?.TextEpsilon ?? 1e-6,
                EndToken = 1,
                PadToken = 1,
            },
        };
    }

    public static Dictionary<string, StoredTensor> Rename(string file, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        var named = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        var text = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach ((string name, StoredTensor tensor) in tensors)
        {
            if (name.StartsWith(Projection, StringComparison.Ordinal))
            {
                named["text_model.head." + name[Projection.Length..]] = tensor;
            }
            else if (name == "logit_bias")
            {
                named[name] = tensor;
            }
            else if (name.StartsWith(Trunk, StringComparison.Ordinal))
            {
                foreach ((string part, StoredTensor value) in OfTrunk(file, name, name[Trunk.Length..], tensor))
                    named[part] = value;
            }
            else
            {
                text[name] = tensor;
            }
        }

        foreach ((string name, StoredTensor tensor) in OpenAINames.ToTransformers(file, text))
            named[name] = tensor;
        return named;
    }

    // timm, vision_transformer.py: the towers that were added with SigLIP 2 approximate GELU, the first ones do not.
    private static bool IsTanh(string timm) =>
        timm.Contains("patch32_siglip", StringComparison.Ordinal)
        || timm.Contains("so400m_patch16", StringComparison.Ordinal)
        || timm.Contains("giantopt", StringComparison.Ordinal);

    private static void Need(JsonField part, string key, string value)
    {
        if (part.Optional(key)?.String() != value)
            throw part.Wrong($"{key} is not '{value}', as it is in SigLIPs");
    }

    private static IEnumerable<KeyValuePair<string, StoredTensor>> OfTrunk(string file, string given, string name, StoredTensor tensor)
    {
        if (name == "pos_embed" && tensor.Shape is [1, var places, var width])
            return [One("vision_model.embeddings.position_embedding.weight", TensorView.Reshaped(tensor, places, width))];
        if (name == Pool + "latent")
            return [One($"{Head}.probe", tensor)];
        if (name.StartsWith(Pool + "kv.", StringComparison.Ordinal) && tensor.Shape is [var rows, ..] && rows % 2 == 0)
        {
            string kind = name[(Pool.Length + 3)..];
            return
            [
                One($"{Head}.attention.k_proj.{kind}", TensorView.Rows(tensor, 0, rows / 2)),
                One($"{Head}.attention.v_proj.{kind}", TensorView.Rows(tensor, rows / 2, rows / 2)),
            ];
        }

        if (Renamed(Tower, name) is { } other)
            return [One(other, tensor)];
        if (name.StartsWith(Block, StringComparison.Ordinal) && name.IndexOf('.', Block.Length) is > 0 and var dot)
        {
            string layer = $"{TransformerGraph.VisionLayers}.{name[Block.Length..dot]}.",
                rest = name[(dot + 1)..];
            if (rest.StartsWith("attn.qkv.", StringComparison.Ordinal))
                return TensorNames.Split(file, given, tensor, $"{layer}self_attn", rest["attn.qkv.".Length..]);
            if (Renamed(Layer, rest) is { } part)
                return [One(layer + part, tensor)];
        }

        throw new InvalidDataException($"{file}: tensor '{given}' is none of a SigLIP's; this architecture can't be run.");
    }

    private static string? Renamed((string Here, string There)[] names, string name)
    {
        (string here, string there) = Array.Find(names, one => name.StartsWith(one.Here, StringComparison.Ordinal));
        return here is null ? null : there + name[here.Length..];
    }

    private static KeyValuePair<string, StoredTensor> One(string name, StoredTensor tensor) => KeyValuePair.Create(name, tensor);
}
