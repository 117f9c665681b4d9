using Dcsm.Clip.Models;

namespace Dcsm.Clip.Onnx;

/// <summary>
/// A tower under construction, of the parts that dual encoders share: patches, layers that normalize first, attention, pooling by
/// attention. Weights carry the names that their architecture's tensors are known by; a layer's are those of transformers' CLIP.
/// </summary>
/// <remarks>
/// Activations are kept as [all tokens, width], so that each linear layer is one Gemm that takes the checkpoint's
/// [out, in] weight as it lies; only attention sees [items, tokens, width]. No node has weights alone for inputs, lest
/// ONNX Runtime fold it into a constant from the place where the graph says the weights are, and they are not.
/// </remarks>
internal sealed class TransformerGraph(
    GraphWeights weights,
    int width,
    int intermediate,
    int heads,
    ClipActivation activation,
    double epsilon
)
{
    public const string Pixels = "pixels",
        Ids = "ids",
        Mask = "mask",
        Features = "features",
        Embeddings = "embeddings";
    public const string VisionLayers = "vision_model.encoder.layers",
        TextLayers = "text_model.encoder.layers";
    private const string Microsoft = "com.microsoft",
        PatchEmbedding = "vision_model.embeddings.patch_embedding";

    public TransformerGraph(ClipVisionConfig vision, GraphWeights weights)
        : this(weights, vision.HiddenSize, vision.IntermediateSize, vision.Heads, vision.Activation, vision.LayerNormEpsilon) { }

    public TransformerGraph(ClipTextConfig text, GraphWeights weights)
        : this(weights, text.HiddenSize, text.IntermediateSize, text.Heads, text.Activation, text.LayerNormEpsilon) { }

    /// <summary>The graph itself.</summary>
    public OnnxGraph Graph { get; } = new(weights);

    /// <summary>Declares the pixels, and cuts them into patches.</summary>
    /// <param name="vision">The image tower.</param>
    /// <param name="hasBias">Whether the patch embedding has a bias.</param>
    /// <returns>The name of the pixels, and of the embedded patches, [images, patches, width].</returns>
    public (string Pixels, string Patches) Patches(ClipVisionConfig vision, bool hasBias)
    {
        (int grid, int patch) = (vision.Grid, vision.PatchSize);
        int patchLength = vision.Channels * patch * patch;

        // The patch convolution's stride is its kernel: cut the patches out and it is one matrix product.
        string pixels = Graph.Input(Pixels, OnnxGraph.Float, "images", vision.Channels, vision.ImageSize, vision.ImageSize);
        string x = pixels;
        // What is left of a side that is no multiple of a patch is not looked at, as by a convolution without padding.
        if (grid * patch != vision.ImageSize)
        {
            x = Graph.Node("Slice", [x, Graph.Constant(0, 0), Graph.Constant(grid * patch, grid * patch), Graph.Constant(2, 3)]);
        }
        x = Graph.Node("Reshape", [x, Graph.Constant(0, vision.Channels, grid, patch, grid, patch)]);
        x = Graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 4, 1, 3, 5 }));
        x = Graph.Node("Reshape", [x, Graph.Constant(-1, patchLength)]);
        string weight = Graph.Weight(
            new OnnxWeight($"{PatchEmbedding}.weight", [width, patchLength], [width, vision.Channels, patch, patch])
        );
        x = Graph.Node("Gemm", hasBias ? [x, weight, Graph.Weight($"{PatchEmbedding}.bias", width)] : [x, weight], ("transB", 1));
        return (pixels, Graph.Node("Reshape", [x, Graph.Constant(-1, grid * grid, width)]));
    }

    /// <summary>Declares an image tower's features, [images, tokens, width].</summary>
    public string FeaturesInput(int tokens) => Graph.Input(Features, OnnxGraph.Float, "images", tokens, width);

    /// <summary>One vector for each image or text, [items, 1, width].</summary>
    /// <param name="vector">The weight, whose first size is 1.</param>
    /// <param name="like">What tells how many items there are, by its own first size.</param>
    /// <param name="size">The vector's width.</param>
    public string Repeated(OnnxWeight vector, string like, int size)
    {
        string shape = Graph.Node("Concat", [Graph.Node("Shape", [like], ("end", 1)), Graph.Constant(1, size)], ("axis", 0));
        return Graph.Node("Expand", [Graph.Weight(vector), shape]);
    }

    /// <summary>
    /// Declares token ids [texts, length], and embeds them: [texts, length, width], with the first rows of a table of places.
    /// </summary>
    /// <param name="vocabulary">Rows of the table of tokens.</param>
    /// <param name="tokens">Its name.</param>
    public string Tokens(int vocabulary, string tokens)
    {
        string ids = Graph.Input(Ids, OnnxGraph.Int64, "texts", "length");
        return Graph.Node("Gather", [Graph.Weight(tokens, vocabulary, width), ids]);
    }

    /// <summary>Adds the first rows of a table of places to [texts, places, width].</summary>
    /// <param name="x">The embedded tokens.</param>
    /// <param name="positions">Rows of the table.</param>
    /// <param name="name">The table's name.</param>
    public string AddPlaces(string x, int positions, string name)
    {
        string length = Graph.Node("Shape", [x], ("start", 1), ("end", 2));
        string places = Graph.Node("Slice", [Graph.Weight(name, positions, width), Graph.Constant(0), length, Graph.Constant(0)]);
        return Graph.Node("Add", [x, places]);
    }

    /// <summary>A layer that normalizes first: x + attention(norm(x)), then x + MLP(norm(x)).</summary>
    /// <param name="x">[all tokens, width]</param>
    /// <param name="name">The layer.</param>
    /// <param name="shape">The name of [items, tokens, width].</param>
    /// <param name="mask">An additive mask, [items, 1, tokens, tokens]; null where everyone sees everyone.</param>
    public string Layer(string x, string name, string shape, string? mask)
    {
        string attention = Attention(LayerNorm(x, $"{name}.layer_norm1"), $"{name}.self_attn", shape, mask);
        x = Graph.Node("Add", [x, attention]);
        return Graph.Node("Add", [x, Mlp(LayerNorm(x, $"{name}.layer_norm2"), $"{name}.mlp")]);
    }

    /// <summary>Two linear layers and the activation between them.</summary>
    public string Mlp(string x, string name) =>
        Linear(Activate(Linear(x, $"{name}.fc1", width, intermediate)), $"{name}.fc2", intermediate, width);

    /// <summary>The tower's activation.</summary>
    public string Activate(string x) =>
        activation switch
        {
            ClipActivation.QuickGelu => Graph.Node(Microsoft, "QuickGelu", [x], ("alpha", 1.702f)),
            ClipActivation.TanhGelu => Graph.Node("Gelu", [x], ("approximate", "tanh")),
            _ => Graph.Node("Gelu", [x]),
        };

    /// <summary>Attention of [items, queries, width] to [items, keys, width].</summary>
    /// <param name="mask">An additive mask, [items, 1, queries, keys]; null where everyone sees everyone.</param>
    /// <param name="headCount">How many heads share the width; the tower's where null.</param>
    public string Attend(string queries, string keys, string values, string? mask = null, int? headCount = null) =>
        Graph.Node(
            Microsoft,
            "MultiHeadAttention",
            mask is null ? [queries, keys, values] : [queries, keys, values, "", "", mask],
            ("num_heads", headCount ?? heads)
        );

    /// <summary>
    /// What attention pooling gives: the one vector of each image, then what it would give if it looked at one token alone, which is the
    /// value of that token; before the output projection, as [images · (1 + tokens), size].
    /// </summary>
    /// <param name="probe">The query, [images, 1, size], through its projection.</param>
    /// <param name="x">[all tokens, from]</param>
    /// <param name="name">Of k_proj and v_proj.</param>
    /// <param name="from">Width of a token.</param>
    /// <param name="size">Width of the pooling.</param>
    /// <param name="tokens">Tokens of an image.</param>
    /// <param name="patches">Those at the end that are patches.</param>
    /// <param name="headCount">Heads of the pooling.</param>
    public string AttentionPool(string probe, string x, string name, int from, int size, int tokens, int patches, int headCount)
    {
        string k = Graph.Node("Reshape", [Linear(x, $"{name}.k_proj", from, size), Graph.Constant(-1, tokens, size)]);
        string v = Graph.Node("Reshape", [Linear(x, $"{name}.v_proj", from, size), Graph.Constant(-1, tokens, size)]);
        string pooled = Attend(probe, k, v, headCount: headCount);
        string places = Graph.Node("Slice", [v, Graph.Constant(tokens - patches), Graph.Constant(tokens), Graph.Constant(1)]);
        return Graph.Node("Reshape", [Graph.Node("Concat", [pooled, places], ("axis", 1)), Graph.Constant(-1, size)]);
    }

    /// <summary>Makes [all tokens, size] the output.</summary>
    /// <param name="output">Its name.</param>
    public void Output(string x, int size, string output = Embeddings)
    {
        Graph.OutputNode(output, "Identity", x);
        Graph.Output(output, OnnxGraph.Float, "tokens", size);
    }

    /// <summary>A projection without a bias, [to, from].</summary>
    public string Projected(string x, string weight, int from, int to) =>
        Graph.Node("Gemm", [x, Graph.Weight(weight, to, from)], ("transB", 1));

    /// <summary>A linear layer.</summary>
    public string Linear(string x, string name, int from, int to) =>
        Graph.Node("Gemm", [x, Graph.Weight($"{name}.weight", to, from), Graph.Weight($"{name}.bias", to)], ("transB", 1));

    /// <summary>A layer norm of the last axis.</summary>
    /// <param name="size">Its width; the tower's where null.</param>
    public string LayerNorm(string x, string name, int? size = null) =>
        Graph.Node(
            "LayerNormalization",
            [x, Graph.Weight($"{name}.weight", size ?? width), Graph.Weight($"{name}.bias", size ?? width)],
            ("axis", -1),
            ("epsilon", (float)epsilon)
        );

    private string Attention(string x, string name, string shape, string? mask)
    {
        string q = Graph.Node("Reshape", [Linear(x, $"{name}.q_proj", width, width), shape]);
        string k = Graph.Node("Reshape", [Linear(x, $"{name}.k_proj", width, width), shape]);
        string v = Graph.Node("Reshape", [Linear(x, $"{name}.v_proj", width, width), shape]);
        string mixed = Graph.Node("Reshape", [Attend(q, k, v, mask), Graph.Constant(-1, width)]);
        return Linear(mixed, $"{name}.out_proj", width, width);
    }
}
