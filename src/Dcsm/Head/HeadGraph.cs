using Dcsm.Clip.Onnx;

namespace Dcsm.Head;

/// <summary>
/// Maps, functional rows, standardization and head as one ONNX graph, for graphics cards. Pairs are those of each image with each caption
/// of its group, where there is one group for all images, or one for each.
/// </summary>
internal static class HeadGraph
{
    /// <summary>Image tokens. [images, 1, imageTokens, dimension]</summary>
    public const string Images = "images";

    /// <summary>Text tokens, each in its column. [groups, captions, textTokens, dimension]</summary>
    public const string Texts = "texts";

    /// <summary>The functional row of each column, or −1. [groups, captions, textTokens]</summary>
    public const string Rows = "rows";

    /// <summary>What is taken from all maps; NaN for the mean of each. [1]</summary>
    public const string GivenMean = "given_mean";

    /// <summary>What all maps are multiplied by then; NaN for what suits each. [1]</summary>
    public const string GivenScale = "given_scale";

    /// <summary>[images · captions]</summary>
    public const string Scores = "scores";

    /// <summary>Means of the maps before they are standardized. [images · captions]</summary>
    public const string Means = "means";

    /// <summary>Sums of squared distances from them. [images · captions]</summary>
    public const string Squares = "squares";

    /// <summary>The graph of a head.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its numbers.</param>
    /// <param name="half">
    /// Whether products and convolutions are computed in 16 bits; statistics, functional rows and the last layer are in 32 all the same.
    /// </param>
    public static byte[] Create(DcsmConfig config, DcsmHeadWeights weights, bool half)
    {
        var graph = new OnnxGraph();
        string maps = Standardized(graph, config, Maps(graph, config, weights, half));
        int type = half ? OnnxGraph.Float16 : OnnxGraph.Float;
        string x = half ? graph.Cast(maps, type) : maps;
        for (int layer = 1; layer <= config.Convolutions; layer++)
        {
            (ReadOnlyMemory<float> weight, ReadOnlyMemory<float> bias) = HeadTensors.Convolution(weights, layer);
            x = graph.Node(
                "Conv",
                [
                    x,
                    graph.Constant(weight.Span, type, config.Channels, layer == 1 ? 1 : config.Channels, 3, 3),
                    graph.Constant(bias.Span, type, config.Channels),
                ],
                ("pads", new[] { 1, 1, 1, 1 })
            );
            x = graph.Node("Relu", [x]);
        }

        int features = config.FeatureChannels * config.ImageTokens * config.TextTokens;
        x = graph.Node("Reshape", [x, graph.Constant(-1, features)]);
        x = Linear(x, weights.Fc1Weight, weights.Fc1Bias, features, type);
        x = graph.Node("Relu", [x]);
        x = half ? graph.Cast(x, OnnxGraph.Float) : x;
        Output(graph, Scores, Linear(x, weights.Fc2Weight, weights.Fc2Bias, config.Hidden, OnnxGraph.Float));
        return graph.ToModel("head");

        string Linear(string from, ReadOnlyMemory<float> weight, ReadOnlyMemory<float> bias, int inputs, int numbers) =>
            graph.Node(
                "Gemm",
                [from, graph.Constant(weight.Span, numbers, bias.Length, inputs), graph.Constant(bias.Span, numbers, bias.Length)],
                ("transB", 1)
            );
    }

    /// <returns>[images, captions, imageTokens, textTokens]</returns>
    private static string Maps(OnnxGraph graph, DcsmConfig config, DcsmHeadWeights weights, bool half)
    {
        string images = graph.Input(Images, OnnxGraph.Float, "images", 1, config.ImageTokens, config.Dimension);
        string texts = graph.Input(Texts, OnnxGraph.Float, "groups", "captions", config.TextTokens, config.Dimension);
        string rows = graph.Input(Rows, OnnxGraph.Int64, "groups", "captions", config.TextTokens);
        if (half)
            (images, texts) = (graph.Cast(images, OnnxGraph.Float16), graph.Cast(texts, OnnxGraph.Float16));
        string cosines = graph.Node("MatMul", [images, Transposed(texts)]);
        cosines = half ? graph.Cast(cosines, OnnxGraph.Float) : cosines;
        // One row more, so that there is one to take where none is meant.
        float[] table = [.. weights.FunctionalRows.Span, .. new float[config.ImageTokens]];
        string constants = graph.Node(
            "Gather",
            [graph.Constant(table, OnnxGraph.Float, table.Length / config.ImageTokens, config.ImageTokens), rows]
        );
        string isCosine = graph.Node("Less", [graph.Node("Unsqueeze", [rows, graph.Constant(2)]), graph.Constant(0)]);
        return graph.Node("Where", [isCosine, cosines, Transposed(constants)]);

        string Transposed(string tokens) => graph.Node("Transpose", [tokens], ("perm", new[] { 0, 1, 3, 2 }));
    }

    /// <summary>As <see cref="Dcsm.Numerics.Maps.MapStatistics"/> has it, in 32 bits.</summary>
    /// <returns>[images · captions, 1, imageTokens, textTokens]</returns>
    private static string Standardized(OnnxGraph graph, DcsmConfig config, string maps)
    {
        string givenMean = graph.Input(GivenMean, OnnxGraph.Float, 1),
            givenScale = graph.Input(GivenScale, OnnxGraph.Float, 1);
        string values = graph.Node("Reshape", [maps, graph.Constant(-1, 1, config.ImageTokens, config.TextTokens)]);
        string axes = graph.Constant(1, 2, 3);
        string mean = graph.Node("ReduceMean", [values, axes]);
        string distances = graph.Node("Sub", [values, mean]);
        string squares = graph.Node("ReduceSum", [graph.Node("Mul", [distances, distances]), axes]);
        Output(graph, Means, mean);
        Output(graph, Squares, squares);
        int degrees = Math.Max(1, (config.ImageTokens * config.TextTokens) - 1);
        string deviation = graph.Node("Sqrt", [graph.Node("Div", [squares, Number(degrees)])]);
        string least = graph.Node("Mul", [graph.Node("Abs", [mean]), Number(1e-6f)]);
        string differ = graph.Node("And", [graph.Node("Greater", [deviation, least]), graph.Node("Greater", [deviation, Number(1e-30f)])]);
        string scale = graph.Node("Where", [differ, graph.Node("Reciprocal", [deviation]), Number(0)]);
        string centered = graph.Node("Sub", [values, Or(givenMean, mean)]);
        return graph.Node("Mul", [centered, Or(givenScale, scale)]);

        string Number(float value) => graph.Constant([value], OnnxGraph.Float);
        string Or(string given, string own) => graph.Node("Where", [graph.Node("IsNaN", [given]), own, given]);
    }

    private static void Output(OnnxGraph graph, string name, string values)
    {
        graph.OutputNode(name, "Reshape", values, graph.Constant(-1));
        graph.Output(name, OnnxGraph.Float, "pairs");
    }
}
