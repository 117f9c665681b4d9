using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Encoders.SigLip;

/// <summary>The two towers of a SigLIP as ONNX graphs (transformers, <c>modeling_siglip.py</c>).</summary>
/// <remarks>
/// There is no class token: a learned query attends to the patches, and an MLP follows. A patch's own embedding is what that head would
/// give if it looked at that one patch. Every text token goes through the head, of which SigLIP itself takes the last.
/// </remarks>
internal static class SigLipGraphs
{
    private const string Head = "vision_model.head";

    /// <summary>Pixels [images, 3, S, S] to [images · (1 + patches), width].</summary>
    public static OnnxGraph Vision(ClipConfig config, GraphWeights weights)
    {
        ClipVisionConfig vision = config.Vision;
        (int width, int patches) = (vision.HiddenSize, vision.Grid * vision.Grid);
        var tower = new TransformerGraph(vision, weights);
        OnnxGraph graph = tower.Graph;
        (string pixels, string x) = tower.Patches(vision, hasBias: true);
        x = graph.Node("Add", [x, graph.Weight("vision_model.embeddings.position_embedding.weight", patches, width)]);
        x = Trunk.Layers(tower, graph.Node("Reshape", [x, graph.Constant(-1, width)]), vision, patches);
        Pool(tower, tower.LayerNorm(x, "vision_model.post_layernorm"), vision, pixels);
        return graph;
    }

    /// <summary>Features [images, patches, width] to [images · (1 + patches), width].</summary>
    public static OnnxGraph VisionHead(ClipConfig config, GraphWeights weights)
    {
        ClipVisionConfig vision = config.Vision;
        var tower = new TransformerGraph(vision, weights);
        string features = tower.FeaturesInput(vision.Grid * vision.Grid);
        Pool(tower, tower.Graph.Node("Reshape", [features, tower.Graph.Constant(-1, vision.HiddenSize)]), vision, features);
        return tower.Graph;
    }

    /// <param name="like">What tells by its first size how many images there are.</param>
    private static void Pool(TransformerGraph tower, string x, ClipVisionConfig vision, string like)
    {
        (int width, int patches) = (vision.HiddenSize, vision.Grid * vision.Grid);
        OnnxGraph graph = tower.Graph;
        string probe = tower.Repeated(new OnnxWeight($"{Head}.probe", [width], [1, 1, width]), like, width);
        probe = tower.Linear(graph.Node("Reshape", [probe, graph.Constant(-1, width)]), $"{Head}.attention.q_proj", width, width);
        probe = graph.Node("Reshape", [probe, graph.Constant(-1, 1, width)]);
        x = tower.AttentionPool(probe, x, $"{Head}.attention", width, width, patches, patches, vision.Heads);
        x = tower.Linear(x, $"{Head}.attention.out_proj", width, width);
        tower.Output(graph.Node("Add", [x, tower.Mlp(tower.LayerNorm(x, $"{Head}.layernorm"), $"{Head}.mlp")]), width);
    }

    /// <summary>Token ids [texts, length] to [texts · length, projection]; everyone attends to everyone, padding too.</summary>
    public static OnnxGraph Text(ClipConfig config, GraphWeights weights)
    {
        ClipTextConfig text = config.Text;
        var tower = new TransformerGraph(text, weights);
        string x = tower.Tokens(text.VocabularySize, "text_model.embeddings.token_embedding.weight");
        x = tower.LayerNorm(Trunk.TextLayers(tower, x, text, text.ContextLength, isMasked: false), "text_model.final_layer_norm");
        tower.Output(tower.Linear(x, "text_model.head", text.HiddenSize, config.ProjectionDim), config.ProjectionDim);
        return tower.Graph;
    }
}
