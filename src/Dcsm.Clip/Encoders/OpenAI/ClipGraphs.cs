using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Encoders.OpenAI;

/// <summary>
/// The two towers of a CLIP as ONNX graphs (transformers, <c>modeling_clip.py</c>). Both give every token's projected
/// embedding, not yet of unit length, as [all tokens, projection].
/// </summary>
internal static class ClipGraphs
{
    /// <summary>Pixels [images, 3, S, S] to [images · tokens, projection].</summary>
    public static OnnxGraph Vision(ClipConfig config, GraphWeights weights)
    {
        ClipVisionConfig vision = config.Vision;
        if (vision.ResNet is { } resNet)
            return ResNetGraph.Vision(config, resNet, weights);
        var tower = new TransformerGraph(vision, weights);
        string x = tower.LayerNorm(Trunk.Begin(tower, vision, hasBias: false), "vision_model.pre_layrnorm");
        x = Trunk.Layers(tower, x, vision, vision.Tokens);
        Project(tower, x, "vision_model.post_layernorm", "visual_projection.weight", vision.HiddenSize, config.ProjectionDim);
        return tower.Graph;
    }

    /// <summary>
    /// Token ids [texts, length] and an additive attention mask [texts, 1, length, length] (0 or −∞-like) to
    /// [texts · length, projection].
    /// </summary>
    public static OnnxGraph Text(ClipConfig config, GraphWeights weights)
    {
        ClipTextConfig text = config.Text;
        var tower = new TransformerGraph(text, weights);
        string x = tower.Tokens(text.VocabularySize, "text_model.embeddings.token_embedding.weight");
        x = Trunk.TextLayers(tower, x, text, text.ContextLength, isMasked: true);
        Project(tower, x, "text_model.final_layer_norm", "text_projection.weight", text.HiddenSize, config.ProjectionDim);
        return tower.Graph;
    }

    private static void Project(TransformerGraph tower, string x, string norm, string projection, int width, int dimension) =>
        tower.Output(tower.Projected(tower.LayerNorm(x, norm), projection, width, dimension), dimension);
}
