using System.Text.RegularExpressions;
using Dcsm.IO.Safetensors;

namespace Dcsm.Clip.Tests.Encoders;

/// <summary>A SigLIP of transformers as open_clip names and shapes its tensors.</summary>
internal static partial class OpenClipSigLip
{
    public const string Config = """
        {"model_cfg": {"embed_dim": 48, "init_logit_bias": -10, "custom_text": true,
          "vision_cfg": {"image_size": 32, "timm_model_name": "vit_tiny_patch8_siglip_32", "timm_model_pretrained": false,
            "timm_pool": "map", "timm_proj": "none"},
          "text_cfg": {"context_length": 16, "vocab_size": 300, "hf_tokenizer_name": "timm/tiny",
            "tokenizer_kwargs": {"clean": "canonicalize"}, "width": 48, "heads": 3, "layers": 2, "no_causal_mask": true, "proj_bias": true,
            "pool_type": "last", "norm_kwargs": {"eps": 1e-6}, "act_kwargs": {"approximate": "tanh"}}},
         "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic", "resize_mode": "squash"}}
        """;

    private static readonly (string There, string Here)[] Names =
    [
        ("vision_model.embeddings.patch_embedding.", "visual.trunk.patch_embed.proj."),
        ("vision_model.embeddings.position_embedding.weight", "visual.trunk.pos_embed"),
        ("vision_model.post_layernorm.", "visual.trunk.norm."),
        ("vision_model.head.probe", "visual.trunk.attn_pool.latent"),
        ("vision_model.head.attention.out_proj.", "visual.trunk.attn_pool.proj."),
        ("vision_model.head.layernorm.", "visual.trunk.attn_pool.norm."),
        ("vision_model.head.mlp.", "visual.trunk.attn_pool.mlp."),
        ("text_model.embeddings.token_embedding.", "text.token_embedding."),
        ("text_model.embeddings.position_embedding.weight", "text.positional_embedding"),
        ("text_model.final_layer_norm.", "text.ln_final."),
        ("text_model.head.", "text.text_projection."),
    ];

    public static void Write(string transformers, string openClip)
    {
        using var file = SafetensorsFile.Open(transformers);
        var tensors = new Dictionary<string, (int[] Shape, float[] Values)>(StringComparer.Ordinal);
        foreach (string name in file.Names.Where(name => !name.Contains(".k_proj.") && !name.Contains(".v_proj.")))
        {
            (int[] shape, float[] values) = ([.. file.Get(name).Shape], file.ReadFloat32(name));
            if (name.StartsWith("vision_model.head.attention.in_proj_", StringComparison.Ordinal))
            {
                (string kind, int third) = (name[36..], values.Length / 3);
                tensors[$"visual.trunk.attn_pool.q.{kind}"] = ([shape[0] / 3, .. shape[1..]], values[..third]);
                tensors[$"visual.trunk.attn_pool.kv.{kind}"] = ([shape[0] / 3 * 2, .. shape[1..]], values[third..]);
            }
            else if (Layer().Match(name) is { Success: true } layer)
            {
                bool isImage = layer.Groups[1].Value == "vision";
                string block = (isImage ? "visual.trunk.blocks." : "text.transformer.resblocks.") + layer.Groups[2].Value;
                if (name.Contains(".q_proj.", StringComparison.Ordinal))
                {
                    values =
                    [
                        .. ((string[])["q", "k", "v"]).SelectMany(part =>
                            file.ReadFloat32(name.Replace(".q_", $".{part}_", StringComparison.Ordinal))
                        ),
                    ];
                    shape[0] *= 3;
                }
                tensors[$"{block}.{(isImage ? OfTimm(layer.Groups[3].Value) : OfOpenClip(layer.Groups[3].Value))}"] = (shape, values);
            }
            else
            {
                (string? there, string? here) = Array.Find(Names, one => name.StartsWith(one.There, StringComparison.Ordinal));
                string renamed = there is null ? name : here + name[there.Length..];
                tensors[renamed] = (renamed.EndsWith("pos_embed", StringComparison.Ordinal) ? [1, .. shape] : shape, values);
            }
        }
        SafetensorsWriter.Write(openClip, tensors);
    }

    private static string OfTimm(string part) =>
        part.Replace("layer_norm", "norm", StringComparison.Ordinal)
            .Replace("self_attn.q_proj", "attn.qkv", StringComparison.Ordinal)
            .Replace("self_attn.out_proj", "attn.proj", StringComparison.Ordinal);

    private static string OfOpenClip(string part) =>
        part.Replace("layer_norm", "ln_", StringComparison.Ordinal)
            .Replace("self_attn.q_proj.", "attn.in_proj_", StringComparison.Ordinal)
            .Replace("self_attn.out_proj", "attn.out_proj", StringComparison.Ordinal)
            .Replace("mlp.fc1", "mlp.c_fc", StringComparison.Ordinal)
            .Replace("mlp.fc2", "mlp.c_proj", StringComparison.Ordinal);

    [GeneratedRegex(@"^(vision|text)_model\.encoder\.layers\.(\d+)\.(.*)$")]
    private static partial Regex Layer();
}
