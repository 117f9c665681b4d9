using System.Text.Json;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Encoders.OpenAI;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.IO.Json;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Encoders.CoCa;

/// <summary>CoCa as open_clip builds and publishes it; its captions are not generated.</summary>
internal sealed class CoCaEncoder : OpenAIEncoder
{
    private const string Pool = "visual.attn_pool.",
        Decoder = "text_decoder.";

    public override string Name => "coca";

    public override string Title => "CoCa";

    public override IReadOnlyList<(string Tensor, ClipCheckpointFormat Format)> Markers { get; } =
    [("text.cls_emb", ClipCheckpointFormat.OpenClip)];

    public override IReadOnlyList<string> OpenClipKeys { get; } =
    ["multimodal_cfg", "attentional_pool", "attn_pooler_heads", "attn_pooler_queries", "embed_cls"];

    // transformers has no CoCa.
    public override bool Describes(JsonField config) => false;

    public override ClipConfig Read(JsonField config) => throw config.Wrong("transformers has no CoCa; open_clip's files are read.");

    public override ClipConfig Read(ClipConfig config, OpenClipConfig? openClip)
    {
        if (openClip?.Vision.Optional("attentional_pool") is { Kind: JsonValueKind.String } pool)
            throw pool.Expected("true: the pooling of the published CoCas");
        return config with
        {
            Architecture = Name,
            Vision = config.Vision with { PoolHeads = openClip?.Vision.Optional("attn_pooler_heads")?.Whole(1) ?? config.Vision.PoolHeads },
            // The last place is the class token's.
            Text = config.Text with
            {
                Positions = config.Text.ContextLength,
                ContextLength = config.Text.ContextLength - 1,
            },
        };
    }

    public override Dictionary<string, StoredTensor> Rename(
        string file,
        IReadOnlyDictionary<string, StoredTensor> tensors,
        ClipCheckpointFormat format
    )
    {
        var clip = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        var named = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach ((string name, StoredTensor tensor) in tensors)
        {
            if (name == "text.cls_emb")
            {
                named[CoCaGraphs.TextClass] = tensor;
            }
            else if (name.StartsWith(Pool, StringComparison.Ordinal))
            {
                foreach ((string part, StoredTensor value) in Pooling(file, name, name[Pool.Length..], tensor))
                    named[$"{CoCaGraphs.Head}.{part}"] = value;
            }
            else if (!name.StartsWith(Decoder, StringComparison.Ordinal))
            {
                clip[name] = tensor;
            }
        }

        foreach ((string name, StoredTensor tensor) in OpenAINames.ToTransformers(file, clip))
            named[name] = tensor;
        return named;
    }

    // Its pooling comes before that layer norm.
    public override bool HasInt8 => false;

    public override OnnxGraph Vision(ClipConfig config, GraphWeights weights) => CoCaGraphs.Vision(config, weights);

    public override OnnxGraph Text(ClipConfig config, GraphWeights weights) => CoCaGraphs.Text(config, weights);

    public override TextLayout Layout(ClipConfig config) => new CoCaTextLayout(config.Text);

    // torch's MultiheadAttention keeps the three together only where they read the same width.
    private static IEnumerable<KeyValuePair<string, StoredTensor>> Pooling(string file, string given, string name, StoredTensor tensor)
    {
        const string Packed = "attn.in_proj_",
            Apart = "_proj_weight";
        if (name.StartsWith(Packed, StringComparison.Ordinal))
        {
            string kind = name[Packed.Length..];
            return TensorNames.Split(file, given, tensor, "", kind).Select(part => KeyValuePair.Create(part.Key[1..], part.Value));
        }

        if (name == "query")
            return [KeyValuePair.Create("probe", (StoredTensor)TensorView.Rows(tensor, 0, 1))];
        string rest = name.Replace("attn.", "", StringComparison.Ordinal).Replace(Apart, "_proj.weight", StringComparison.Ordinal);
        return [KeyValuePair.Create(rest, tensor)];
    }
}
