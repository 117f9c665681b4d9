using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Encoders.Blip;

/// <summary>
/// The towers of a BLIP as ONNX graphs (transformers, <c>modeling_blip.py</c> and <c>modeling_blip_text.py</c>; LAVIS, <c>blip_itm</c>): a
/// vision transformer, and a BERT whose layers may attend to a picture's features, too.
/// </summary>
/// <param name="config">The architecture.</param>
/// <param name="isBase">
/// Whether it is <c>BlipModel</c>, which normalizes the class token twice, has BERT's pooler, and projects without biases; other tokens
/// than the first are treated alike.
/// </param>
/// <param name="weights">A file of the weights.</param>
internal sealed class BlipGraphs(ClipConfig config, bool isBase, GraphWeights weights)
{
    private const string TextModel = "text_model",
        Norm = "vision_model.post_layernorm";

    private readonly ClipVisionConfig _vision = config.Vision;
    private readonly ClipTextConfig _text = config.Text;

    /// <summary>Pixels [images, 3, S, S] to the image's features, [images · tokens, width].</summary>
    public OnnxGraph Features()
    {
        (TransformerGraph tower, string x) = Begin();
        tower.Output(x, _vision.HiddenSize);
        return tower.Graph;
    }

    /// <summary>Pixels to [images · tokens, projection].</summary>
    public OnnxGraph Vision()
    {
        (TransformerGraph tower, string x) = Begin();
        Project(tower, isBase ? tower.LayerNorm(x, Norm) : x, "visual_projection", _vision.HiddenSize);
        return tower.Graph;
    }

    /// <summary>Features [images, tokens, width] to [images · tokens, projection].</summary>
    public OnnxGraph VisionHead()
    {
        var tower = new TransformerGraph(_vision, weights);
        string x = tower.FeaturesInput(_vision.Tokens);
        x = tower.Graph.Node("Reshape", [x, tower.Graph.Constant(-1, _vision.HiddenSize)]);
        Project(tower, isBase ? tower.LayerNorm(x, Norm) : x, "visual_projection", _vision.HiddenSize);
        return tower.Graph;
    }

    /// <summary>Token ids and a mask to [texts · length, projection].</summary>
    public OnnxGraph Text()
    {
        var tower = new TransformerGraph(_text, weights);
        (string x, _) = Captions(tower, features: null);
        if (isBase)
            x = tower.Graph.Node("Tanh", [tower.Linear(x, $"{TextModel}.pooler.dense", _text.HiddenSize, _text.HiddenSize)]);
        Project(tower, x, "text_projection", _text.HiddenSize);
        return tower.Graph;
    }

    /// <summary>One image's features [tokens, width], and ids and mask of its captions, to [texts, 2].</summary>
    public OnnxGraph Match()
    {
        var tower = new TransformerGraph(_text, weights);
        OnnxGraph graph = tower.Graph;
        string features = graph.Input(TransformerGraph.Features, OnnxGraph.Float, _vision.Tokens, _vision.HiddenSize);
        (string x, string shape) = Captions(tower, features);
        x = graph.Node("Slice", [graph.Node("Reshape", [x, shape]), graph.Constant(0), graph.Constant(1), graph.Constant(1)]);
        x = graph.Node("Reshape", [x, graph.Constant(-1, _text.HiddenSize)]);
        tower.Output(tower.Linear(x, "itm_head", _text.HiddenSize, 2), 2);
        return graph;
    }

    private (TransformerGraph Tower, string X) Begin()
    {
        var tower = new TransformerGraph(_vision, weights);
        string x = Trunk.Begin(
            tower,
            _vision,
            hasBias: true,
            classShape: [1, 1, _vision.HiddenSize],
            placesShape: [1, _vision.Tokens, _vision.HiddenSize]
        );
        return (tower, tower.LayerNorm(Trunk.Layers(tower, x, _vision, _vision.Tokens), Norm));
    }

    private void Project(TransformerGraph tower, string x, string name, int width) =>
        tower.Output(
            isBase ? tower.Projected(x, $"{name}.weight", width, config.ProjectionDim) : tower.Linear(x, name, width, config.ProjectionDim),
            config.ProjectionDim
        );

    /// <returns>[all tokens, width], and the name of [texts, length, width].</returns>
    private (string X, string Shape) Captions(TransformerGraph tower, string? features)
    {
        OnnxGraph graph = tower.Graph;
        string x = tower.Tokens(_text.VocabularySize, $"{TextModel}.embeddings.word_embeddings.weight");
        string mask = graph.Input(TransformerGraph.Mask, OnnxGraph.Float, "texts", 1, "length", "length");
        x = tower.AddPlaces(x, _text.Positions, $"{TextModel}.embeddings.position_embeddings.weight");
        string shape = graph.Node("Shape", [x]);
        x = graph.Node("Reshape", [x, graph.Constant(-1, _text.HiddenSize)]);
        x = tower.LayerNorm(x, $"{TextModel}.embeddings.LayerNorm");
        for (int layer = 0; layer < _text.Layers; layer++)
        {
            string name = $"{TextModel}.encoder.layer.{layer}";
            x = Attention(tower, x, $"{name}.attention", shape, mask);
            if (features is not null)
                x = CrossAttention(tower, x, $"{name}.crossattention", shape, features);
            string hidden = tower.Activate(tower.Linear(x, $"{name}.intermediate.dense", _text.HiddenSize, _text.IntermediateSize));
            x = Added(tower, x, hidden, _text.IntermediateSize, $"{name}.output");
        }
        return (x, shape);
    }

    private string Attention(TransformerGraph tower, string x, string name, string shape, string mask)
    {
        string[] parts = [.. ((string[])["query", "key", "value"]).Select(part => Part(tower, x, name, part, _text.HiddenSize, shape))];
        string mixed = tower.Attend(parts[0], parts[1], parts[2], mask);
        return Added(
            tower,
            x,
            tower.Graph.Node("Reshape", [mixed, tower.Graph.Constant(-1, _text.HiddenSize)]),
            _text.HiddenSize,
            $"{name}.output"
        );
    }

    // Keys and values of the one image are computed once, then seen by all its captions.
    private string CrossAttention(TransformerGraph tower, string x, string name, string shape, string features)
    {
        OnnxGraph graph = tower.Graph;
        string one = graph.Constant(1, _vision.Tokens, _text.HiddenSize);
        string all = graph.Node(
            "Concat",
            [graph.Node("Slice", [shape, graph.Constant(0), graph.Constant(1)]), graph.Constant(_vision.Tokens, _text.HiddenSize)],
            ("axis", 0)
        );
        string query = Part(tower, x, name, "query", _text.HiddenSize, shape);
        string[] seen =
        [
            .. ((string[])["key", "value"]).Select(part =>
                graph.Node("Expand", [Part(tower, features, name, part, _vision.HiddenSize, one), all])
            ),
        ];
        string mixed = graph.Node("Reshape", [tower.Attend(query, seen[0], seen[1]), graph.Constant(-1, _text.HiddenSize)]);
        return Added(tower, x, mixed, _text.HiddenSize, $"{name}.output");
    }

    private string Part(TransformerGraph tower, string x, string name, string part, int from, string shape) =>
        tower.Graph.Node("Reshape", [tower.Linear(x, $"{name}.self.{part}", from, _text.HiddenSize), shape]);

    // BERT normalizes after it has added.
    private string Added(TransformerGraph tower, string x, string more, int from, string name) =>
        tower.LayerNorm(tower.Graph.Node("Add", [tower.Linear(more, $"{name}.dense", from, _text.HiddenSize), x]), $"{name}.LayerNorm");
}
