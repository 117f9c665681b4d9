using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Encoders.OpenAI;

/// <summary>
/// The image tower of a ResNet CLIP as an ONNX graph (openai/CLIP, <c>clip/model.py</c>, <c>ModifiedResNet</c> and
/// <c>AttentionPool2d</c>). Batch norms are folded into the convolutions before them.
/// </summary>
/// <remarks>
/// A ResNet has no token per patch that lies in the joint space: only the pooled one does. For the others we take what
/// the attention pooling would give if it looked at that one place: its value projection, then the output projection.
/// </remarks>
internal sealed class ResNetGraph
{
    public const string Grid = "grid";
    private const string Tower = "visual";
    private const int Expansion = 4;

    private readonly TransformerGraph _tower;
    private readonly OnnxGraph _graph;

    private ResNetGraph(TransformerGraph tower) => (_tower, _graph) = (tower, tower.Graph);

    /// <summary>
    /// Pixels [images, 3, S, S] to [images · (1 + places), projection], and to the grid that the attention pooling
    /// reads, [images, 32 · width, S/32, S/32].
    /// </summary>
    public static OnnxGraph Vision(ClipConfig config, ClipResNetConfig resNet, GraphWeights weights)
    {
        ClipVisionConfig vision = config.Vision;
        var tower = new ResNetGraph(new TransformerGraph(vision, weights));
        OnnxGraph graph = tower._graph;
        int half = resNet.Width / 2;
        string x = graph.Input(TransformerGraph.Pixels, OnnxGraph.Float, "images", vision.Channels, vision.ImageSize, vision.ImageSize);
        x = tower.Convolve(x, "conv1", "bn1", vision.Channels, half, kernel: 3, stride: 2);
        x = tower.Convolve(x, "conv2", "bn2", half, half, kernel: 3);
        x = tower.Convolve(x, "conv3", "bn3", half, resNet.Width, kernel: 3);
        x = tower.AveragePool(x);
        int channels = resNet.Width;
        for (int stage = 0; stage < resNet.Layers.Count; stage++)
        {
            int planes = resNet.Width << stage;
            for (int layer = 0; layer < resNet.Layers[stage]; layer++)
            {
                x = tower.Bottleneck(x, $"layer{stage + 1}.{layer}", channels, planes, stride: layer == 0 && stage > 0 ? 2 : 1);
                channels = planes * Expansion;
            }
        }
        graph.OutputNode(Grid, "Identity", x);
        graph.Output(Grid, OnnxGraph.Float, "images", vision.HiddenSize, vision.Grid, vision.Grid);
        tower.Pool(x, vision, config.ProjectionDim);
        return graph;
    }

    private string Bottleneck(string x, string name, int channels, int planes, int stride)
    {
        string y = Convolve(x, $"{name}.conv1", $"{name}.bn1", channels, planes, kernel: 1);
        y = Convolve(y, $"{name}.conv2", $"{name}.bn2", planes, planes, kernel: 3);
        if (stride > 1)
            y = AveragePool(y);
        y = Convolve(y, $"{name}.conv3", $"{name}.bn3", planes, planes * Expansion, kernel: 1, activate: false);
        if (stride > 1 || channels != planes * Expansion)
        {
            if (stride > 1)
                x = AveragePool(x);
            x = Convolve(x, $"{name}.downsample.0", $"{name}.downsample.1", channels, planes * Expansion, kernel: 1, activate: false);
        }
        return _graph.Node("Relu", [_graph.Node("Add", [y, x])]);
    }

    private string Convolve(string x, string convolution, string norm, int from, int to, int kernel, int stride = 1, bool activate = true)
    {
        int[] shape = [to, from, kernel, kernel];
        string weight = _graph.Weight(new FoldedConvolution($"{Tower}.{convolution}", shape, $"{Tower}.{norm}", IsBias: false));
        string bias = _graph.Weight(new FoldedConvolution($"{Tower}.{convolution}", shape, $"{Tower}.{norm}", IsBias: true));
        int pad = kernel / 2;
        x = _graph.Node(
            "Conv",
            [x, weight, bias],
            ("kernel_shape", new[] { kernel, kernel }),
            ("strides", new[] { stride, stride }),
            ("pads", new[] { pad, pad, pad, pad })
        );
        return activate ? _graph.Node("Relu", [x]) : x;
    }

    private string AveragePool(string x) => _graph.Node("AveragePool", [x], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));

    private void Pool(string x, ClipVisionConfig vision, int dimension)
    {
        const string Pool = $"{Tower}.attnpool";
        (int width, int tokens) = (vision.HiddenSize, vision.Tokens);
        x = _graph.Node("Reshape", [x, _graph.Constant(-1, width, tokens - 1)]);
        x = _graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 1 }));
        string mean = _graph.Node("ReduceMean", [x, _graph.Constant(1)], ("keepdims", 1));
        x = _graph.Node("Concat", [mean, x], ("axis", 1));
        x = _graph.Node("Add", [x, _graph.Weight($"{Pool}.positional_embedding", tokens, width)]);
        string first = _graph.Node("Slice", [x, _graph.Constant(0), _graph.Constant(1), _graph.Constant(1)]);
        string all = _graph.Node("Reshape", [x, _graph.Constant(-1, width)]);

        string q = _tower.Linear(_graph.Node("Reshape", [first, _graph.Constant(-1, width)]), $"{Pool}.q_proj", width, width);
        q = _graph.Node("Reshape", [q, _graph.Constant(-1, 1, width)]);
        x = _tower.AttentionPool(q, all, Pool, width, width, tokens, tokens - 1, vision.Heads);
        _tower.Output(_tower.Linear(x, $"{Pool}.c_proj", width, dimension), dimension);
    }
}
