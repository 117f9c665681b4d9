using Dcsm.Clip.Encoders;
using Dcsm.Clip.Onnx;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Checkpoints;

/// <summary>
/// OpenAI's names of a CLIP's tensors (openai/CLIP, <c>clip/model.py</c>) to those of transformers, with the tensors as
/// transformers has them: q, k and v apart, projections as [out, in]. A ResNet's keep their names, since transformers
/// has none.
/// </summary>
internal static class OpenAINames
{
    private static readonly string[] NotWeights = ["input_resolution", "context_length", "vocab_size", "attn_mask", "logit_bias"];

    private static readonly Dictionary<string, string> Text = new(StringComparer.Ordinal)
    {
        ["token_embedding.weight"] = "text_model.embeddings.token_embedding.weight",
        ["positional_embedding"] = "text_model.embeddings.position_embedding.weight",
        ["ln_final.weight"] = "text_model.final_layer_norm.weight",
        ["ln_final.bias"] = "text_model.final_layer_norm.bias",
        ["logit_scale"] = "logit_scale",
        ["visual.class_embedding"] = "vision_model.embeddings.class_embedding",
        ["visual.positional_embedding"] = "vision_model.embeddings.position_embedding.weight",
        ["visual.ln_pre.weight"] = "vision_model.pre_layrnorm.weight",
        ["visual.ln_pre.bias"] = "vision_model.pre_layrnorm.bias",
        ["visual.ln_post.weight"] = "vision_model.post_layernorm.weight",
        ["visual.ln_post.bias"] = "vision_model.post_layernorm.bias",
    };

    private static readonly (string Here, string There)[] Blocks =
    [
        ("attn.out_proj.", "self_attn.out_proj."),
        ("ln_1.", "layer_norm1."),
        ("ln_2.", "layer_norm2."),
        ("mlp.c_fc.", "mlp.fc1."),
        ("mlp.c_proj.", "mlp.fc2."),
    ];

    public static Dictionary<string, StoredTensor> ToTransformers(string file, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        var named = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        bool isResNet = tensors.ContainsKey("visual.attnpool.positional_embedding");
        foreach ((string? given, StoredTensor? tensor) in tensors)
        {
            // open_clip's CustomTextCLIP has the text tower by itself.
            string name = given.StartsWith("text.", StringComparison.Ordinal) ? given[5..] : given;
            if (NotWeights.Contains(name) || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
                continue;
            if (!TryAdd(named, file, name, tensor, isResNet))
            {
                throw new InvalidDataException(
                    $"{file}: tensor '{given}' is none of a CLIP with a vision transformer or a ResNet as OpenAI built them; "
                        + $"this architecture can't be run."
                );
            }
        }
        return named;
    }

    private static bool TryAdd(Dictionary<string, StoredTensor> named, string file, string name, StoredTensor tensor, bool isResNet)
    {
        if (isResNet && name.StartsWith("visual.", StringComparison.Ordinal))
        {
            named[name] = tensor;
        }
        else if (name is "visual.proj" or "text_projection")
        {
            named[name == "visual.proj" ? "visual_projection.weight" : "text_projection.weight"] =
                tensor.Shape.Count == 2 ? TensorView.Transposed(tensor) : throw Wrong(file, name, tensor, "[width, projection]");
        }
        else if (name == "visual.conv1.weight")
        {
            named["vision_model.embeddings.patch_embedding.weight"] = tensor;
        }
        else if (Text.TryGetValue(name, out string? other))
        {
            named[other] = tensor;
        }
        else
        {
            return TryAddBlock(named, file, name, tensor);
        }

        return true;
    }

    private static bool TryAddBlock(Dictionary<string, StoredTensor> named, string file, string name, StoredTensor tensor)
    {
        const string Visual = "visual.transformer.resblocks.",
            Text = "transformer.resblocks.";
        string prefix = name.StartsWith(Visual, StringComparison.Ordinal) ? Visual : Text;
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        int dot = name.IndexOf('.', prefix.Length);
        if (dot < 0)
            return false;
        string layer = $"{(prefix == Visual ? TransformerGraph.VisionLayers : TransformerGraph.TextLayers)}.{name[prefix.Length..dot]}.";
        string rest = name[(dot + 1)..];
        if (rest is "attn.in_proj_weight" or "attn.in_proj_bias")
        {
            foreach (
                (string part, StoredTensor rows) in TensorNames.Split(
                    file,
                    name,
                    tensor,
                    $"{layer}self_attn",
                    rest["attn.in_proj_".Length..]
                )
            )
            {
                named[part] = rows;
            }

            return true;
        }
        foreach ((string? here, string? there) in Blocks)
        {
            if (rest == here + "weight" || rest == here + "bias")
            {
                named[layer + there + rest[here.Length..]] = tensor;
                return true;
            }
        }
        return false;
    }

    private static InvalidDataException Wrong(string file, string name, StoredTensor tensor, string expected) =>
        new($"{file}: tensor '{name}' has shape [{string.Join(", ", tensor.Shape)}]; expected {expected}.");
}
