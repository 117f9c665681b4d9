using Dcsm.Clip.Models;

namespace Dcsm.Clip.Onnx;

/// <summary>
/// The two towers of a CLIP as ONNX graphs (transformers, <c>modeling_clip.py</c>). Both give every token's projected
/// embedding, not yet of unit length, as [all tokens, projection]; weights carry the names of the checkpoint.
/// </summary>
/// <remarks>
/// Activations are kept as [all tokens, width], so that each linear layer is one Gemm that takes the checkpoint's
/// [out, in] weight as it lies; only attention sees [items, tokens, width]. No node has weights alone for inputs, lest
/// ONNX Runtime fold it into a constant from the place where the graph says the weights are, and they are not.
/// </remarks>
internal sealed class ClipGraphs
{
    public const string Pixels = "pixels",
        Ids = "ids",
        Mask = "mask",
        Embeddings = "embeddings";
    public const string VisionLayers = "vision_model.encoder.layers",
        TextLayers = "text_model.encoder.layers";
    private const string Microsoft = "com.microsoft";

    private readonly OnnxGraph _graph;
    private readonly int _width;
    private readonly int _intermediate;
    private readonly int _heads;
    private readonly ClipActivation _activation;
    private readonly float _epsilon;

    private ClipGraphs(string weightsFile, int width, int intermediate, int heads, ClipActivation activation, double epsilon)
    {
        _graph = new OnnxGraph(weightsFile);
        (_width, _intermediate, _heads, _activation, _epsilon) = (width, intermediate, heads, activation, (float)epsilon);
    }

    /// <summary>Pixels [images, 3, S, S] to [images · tokens, projection].</summary>
    public static OnnxGraph Vision(ClipConfig config, string weightsFile)
    {
        ClipVisionConfig vision = config.Vision;
        if (vision.ResNet is { } resNet)
            return ResNetGraph.Vision(config, resNet, weightsFile);
        var tower = new ClipGraphs(
            weightsFile,
            vision.HiddenSize,
            vision.IntermediateSize,
            vision.Heads,
            vision.Activation,
            vision.LayerNormEpsilon
        );
        OnnxGraph graph = tower._graph;
        (int grid, int patch, int width) = (vision.Grid, vision.PatchSize, vision.HiddenSize);
        int patchLength = vision.Channels * patch * patch;

        // The patch convolution's stride is its kernel: cut the patches out and it is one matrix product.
        string pixels = graph.Input(Pixels, OnnxGraph.Float, "images", vision.Channels, vision.ImageSize, vision.ImageSize);
        string x = graph.Node("Reshape", [pixels, graph.Constant(0, vision.Channels, grid, patch, grid, patch)]);
        x = graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 4, 1, 3, 5 }));
        x = graph.Node("Reshape", [x, graph.Constant(-1, patchLength)]);
        x = graph.Node(
            "Gemm",
            [
                x,
                graph.Weight(
                    new OnnxWeight(
                        "vision_model.embeddings.patch_embedding.weight",
                        [width, patchLength],
                        [width, vision.Channels, patch, patch]
                    )
                ),
            ],
            ("transB", 1)
        );
        x = graph.Node("Reshape", [x, graph.Constant(-1, grid * grid, width)]);

        string classes = graph.Node("Concat", [graph.Node("Shape", [pixels], ("end", 1)), graph.Constant(1, width)], ("axis", 0));
        x = graph.Node(
            "Concat",
            [graph.Node("Expand", [graph.Weight("vision_model.embeddings.class_embedding", width), classes]), x],
            ("axis", 1)
        );
        x = graph.Node("Add", [x, graph.Weight("vision_model.embeddings.position_embedding.weight", vision.Tokens, width)]);
        x = graph.Node("Reshape", [x, graph.Constant(-1, width)]);
        x = tower.LayerNorm(x, "vision_model.pre_layrnorm");

        string shape = graph.Constant(-1, vision.Tokens, width);
        for (int layer = 0; layer < vision.Layers; layer++)
            x = tower.Layer(x, $"{VisionLayers}.{layer}", shape, mask: null);
        tower.Project(x, "vision_model.post_layernorm", "visual_projection.weight", config.ProjectionDim);
        return graph;
    }

    /// <summary>
    /// Token ids [texts, length] and an additive attention mask [texts, 1, length, length] (0 or −∞-like) to
    /// [texts · length, projection].
    /// </summary>
    public static OnnxGraph Text(ClipConfig config, string weightsFile)
    {
        ClipTextConfig text = config.Text;
        var tower = new ClipGraphs(weightsFile, text.HiddenSize, text.IntermediateSize, text.Heads, text.Activation, text.LayerNormEpsilon);
        OnnxGraph graph = tower._graph;
        string ids = graph.Input(Ids, OnnxGraph.Int64, "texts", "length");
        string mask = graph.Input(Mask, OnnxGraph.Float, "texts", 1, "length", "length");
        string x = graph.Node(
            "Gather",
            [graph.Weight("text_model.embeddings.token_embedding.weight", text.VocabularySize, text.HiddenSize), ids]
        );
        string length = graph.Node("Shape", [ids], ("start", 1), ("end", 2));
        string places = graph.Node(
            "Slice",
            [
                graph.Weight("text_model.embeddings.position_embedding.weight", text.ContextLength, text.HiddenSize),
                graph.Constant(0),
                length,
                graph.Constant(0),
            ]
        );
        x = graph.Node("Add", [x, places]);
        string shape = graph.Node("Concat", [graph.Node("Shape", [ids]), graph.Constant(text.HiddenSize)], ("axis", 0));
        x = graph.Node("Reshape", [x, graph.Constant(-1, text.HiddenSize)]);
        for (int layer = 0; layer < text.Layers; layer++)
            x = tower.Layer(x, $"{TextLayers}.{layer}", shape, mask);
        tower.Project(x, "text_model.final_layer_norm", "text_projection.weight", config.ProjectionDim);
        return graph;
    }

    private string Layer(string x, string name, string shape, string? mask)
    {
        string attention = Attention(LayerNorm(x, $"{name}.layer_norm1"), $"{name}.self_attn", shape, mask);
        x = _graph.Node("Add", [x, attention]);
        string hidden = Linear(LayerNorm(x, $"{name}.layer_norm2"), $"{name}.mlp.fc1", _width, _intermediate);
        hidden =
            _activation == ClipActivation.QuickGelu
                ? _graph.Node(Microsoft, "QuickGelu", [hidden], ("alpha", 1.702f))
                : _graph.Node("Gelu", [hidden]);
        return _graph.Node("Add", [x, Linear(hidden, $"{name}.mlp.fc2", _intermediate, _width)]);
    }

    private string Attention(string x, string name, string shape, string? mask)
    {
        string q = _graph.Node("Reshape", [Linear(x, $"{name}.q_proj", _width, _width), shape]);
        string k = _graph.Node("Reshape", [Linear(x, $"{name}.k_proj", _width, _width), shape]);
        string v = _graph.Node("Reshape", [Linear(x, $"{name}.v_proj", _width, _width), shape]);
        string mixed = _graph.Node(
            Microsoft,
            "MultiHeadAttention",
            mask is null ? [q, k, v] : [q, k, v, "", "", mask],
            ("num_heads", _heads)
        );
        mixed = _graph.Node("Reshape", [mixed, _graph.Constant(-1, _width)]);
        return Linear(mixed, $"{name}.out_proj", _width, _width);
    }

    private void Project(string x, string norm, string projection, int dimension)
    {
        x = LayerNorm(x, norm);
        x = _graph.Node("Gemm", [x, _graph.Weight(projection, dimension, _width)], ("transB", 1));
        _graph.OutputNode(Embeddings, "Identity", x);
        _graph.Output(Embeddings, OnnxGraph.Float, "tokens", dimension);
    }

    private string Linear(string x, string name, int from, int to) =>
        _graph.Node("Gemm", [x, _graph.Weight($"{name}.weight", to, from), _graph.Weight($"{name}.bias", to)], ("transB", 1));

    private string LayerNorm(string x, string name) =>
        _graph.Node(
            "LayerNormalization",
            [x, _graph.Weight($"{name}.weight", _width), _graph.Weight($"{name}.bias", _width)],
            ("axis", -1),
            ("epsilon", _epsilon)
        );
}
