using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Encoders;

/// <summary>What most architectures' towers are between their embeddings and their ends, by transformers' names.</summary>
internal static class Trunk
{
    private const string Embeddings = "vision_model.embeddings";

    /// <summary>The class token and the patches with their places, [all tokens, width].</summary>
    /// <param name="tower">The tower.</param>
    /// <param name="vision">Its configuration.</param>
    /// <param name="hasBias">Whether the patch embedding has a bias.</param>
    /// <param name="classShape">How the class token is stored; [width] where null.</param>
    /// <param name="placesShape">How the table of places is stored; [tokens, width] where null.</param>
    public static string Begin(
        TransformerGraph tower,
        ClipVisionConfig vision,
        bool hasBias,
        int[]? classShape = null,
        int[]? placesShape = null
    )
    {
        int[] one = [vision.HiddenSize],
            table = [vision.Tokens, vision.HiddenSize];
        (string pixels, string x) = tower.Patches(vision, hasBias);
        string classes = tower.Repeated(new OnnxWeight($"{Embeddings}.class_embedding", one, classShape ?? one), pixels, vision.HiddenSize);
        x = tower.Graph.Node("Concat", [classes, x], ("axis", 1));
        x = tower.Graph.Node(
            "Add",
            [x, tower.Graph.Weight(new OnnxWeight($"{Embeddings}.position_embedding.weight", table, placesShape ?? table))]
        );
        return tower.Graph.Node("Reshape", [x, tower.Graph.Constant(-1, vision.HiddenSize)]);
    }

    /// <summary>All layers of an image tower.</summary>
    /// <param name="x">[all tokens, width]</param>
    /// <param name="tokens">Tokens of an image.</param>
    public static string Layers(TransformerGraph tower, string x, ClipVisionConfig vision, int tokens)
    {
        string shape = tower.Graph.Constant(-1, tokens, vision.HiddenSize);
        for (int layer = 0; layer < vision.Layers; layer++)
            x = tower.Layer(x, $"{TransformerGraph.VisionLayers}.{layer}", shape, mask: null);
        return x;
    }

    /// <summary>Places, and all layers of a text tower.</summary>
    /// <param name="x">Embedded tokens, [texts, places, width].</param>
    /// <param name="positions">Rows of the table of places.</param>
    /// <param name="isMasked">Whether the graph is given a mask, [texts, 1, places, places].</param>
    /// <returns>[all tokens, width]</returns>
    public static string TextLayers(TransformerGraph tower, string x, ClipTextConfig text, int positions, bool isMasked)
    {
        OnnxGraph graph = tower.Graph;
        string? mask = isMasked ? graph.Input(TransformerGraph.Mask, OnnxGraph.Float, "texts", 1, "places", "places") : null;
        x = tower.AddPlaces(x, positions, "text_model.embeddings.position_embedding.weight");
        string shape = graph.Node("Shape", [x]);
        x = graph.Node("Reshape", [x, graph.Constant(-1, text.HiddenSize)]);
        for (int layer = 0; layer < text.Layers; layer++)
            x = tower.Layer(x, $"{TransformerGraph.TextLayers}.{layer}", shape, mask);
        return x;
    }
}
