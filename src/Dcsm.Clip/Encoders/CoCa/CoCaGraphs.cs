using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Encoders.CoCa;

/// <summary>The two contrastive towers of a CoCa as ONNX graphs (open_clip, <c>coca_model.py</c>, <c>transformer.py</c>).</summary>
/// <remarks>
/// Pictures are pooled by the first query of an attention pooler; the others feed the caption decoder, which is left out. A patch's own
/// embedding is what that query would give if it looked at that patch alone. A text's class token is put behind its last place.
/// </remarks>
internal static class CoCaGraphs
{
    public const string Head = "vision_model.head",
        TextClass = "text_model.embeddings.class_embedding";

    /// <summary>Pixels [images, 3, S, S] to [images · (1 + patches), projection].</summary>
    public static OnnxGraph Vision(ClipConfig config, GraphWeights weights)
    {
        ClipVisionConfig vision = config.Vision;
        (int width, int size, int tokens) = (vision.HiddenSize, config.ProjectionDim, vision.Tokens);
        var tower = new TransformerGraph(vision, weights);
        OnnxGraph graph = tower.Graph;
        string x = tower.LayerNorm(Trunk.Begin(tower, vision, hasBias: false), "vision_model.pre_layrnorm");
        x = tower.LayerNorm(Trunk.Layers(tower, x, vision, tokens), $"{Head}.ln_k");

        string probe = tower.Repeated(new OnnxWeight($"{Head}.probe", [size], [1, size]), TransformerGraph.Pixels, size);
        probe = tower.LayerNorm(graph.Node("Reshape", [probe, graph.Constant(-1, size)]), $"{Head}.ln_q", size);
        probe = graph.Node("Reshape", [tower.Linear(probe, $"{Head}.q_proj", size, size), graph.Constant(-1, 1, size)]);
        x = tower.AttentionPool(probe, x, Head, width, size, tokens, tokens - 1, vision.PoolHeads);
        x = tower.LayerNorm(tower.Linear(x, $"{Head}.out_proj", size, size), "vision_model.post_layernorm", size);
        tower.Output(tower.Projected(x, "visual_projection.weight", size, size), size);
        return graph;
    }

    /// <summary>Token ids [texts, length] and a mask of one place more to [texts · (length + 1), projection].</summary>
    public static OnnxGraph Text(ClipConfig config, GraphWeights weights)
    {
        ClipTextConfig text = config.Text;
        var tower = new TransformerGraph(text, weights);
        string x = tower.Tokens(text.VocabularySize, "text_model.embeddings.token_embedding.weight");
        string classes = tower.Repeated(new OnnxWeight(TextClass, [text.HiddenSize], [text.HiddenSize]), x, text.HiddenSize);
        x = tower.Graph.Node("Concat", [x, classes], ("axis", 1));
        x = tower.LayerNorm(Trunk.TextLayers(tower, x, text, text.Positions, isMasked: true), "text_model.final_layer_norm");
        tower.Output(tower.Projected(x, "text_projection.weight", text.HiddenSize, config.ProjectionDim), config.ProjectionDim);
        return tower.Graph;
    }
}
