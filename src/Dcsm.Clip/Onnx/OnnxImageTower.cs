using System.Runtime.InteropServices;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Encoders.OpenAI;
using Dcsm.Clip.Models;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Onnx;

/// <summary>The image tower of a CLIP in 32 or 16 bits.</summary>
internal sealed class OnnxImageTower : IImageTower
{
    private readonly ClipVisionConfig _vision;
    private readonly OnnxTower _tower;
    private readonly int _atOnce,
        _dimension;
    private readonly bool _isFeatures;

    /// <param name="graph">What is computed.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="config">The architecture.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="isFeatures">Whether it gives features as they come, and not embeddings of unit length.</param>
    public OnnxImageTower(OnnxGraph graph, ClipWeights weights, ClipConfig config, ClipOptions options, bool isFeatures = false)
    {
        (_vision, _isFeatures) = (config.Vision, isFeatures);
        _dimension = isFeatures ? _vision.HiddenSize : config.ProjectionDim;
        _tower = new OnnxTower(graph, "vision", weights, _dimension, options, mayReorder: _vision.ResNet is null);
        if (graph.IsHalf && !_tower.IsOnCard)
            options.Warn?.Invoke("float16 is for graphics cards; the processor takes longer for it than for float32");
        // Of ResNets nothing was measured.
        _atOnce = _vision.ResNet is null ? RunSize.Items(_vision.Tokens, _vision.IntermediateSize, options.BatchSize) : options.BatchSize;
    }

    public void Encode(ReadOnlyMemory<float> pixels, int count, Memory<float> embeddings, CancellationToken cancellationToken)
    {
        for (int start = 0; start < count; start += _atOnce)
        {
            int images = Math.Min(_atOnce, count - start);
            (int pixelsLength, int length) = (pixels.Length / count, embeddings.Length / count);
            OrtValue[] inputs = [Value(pixels.Slice(start * pixelsLength, images * pixelsLength), images)];
            Memory<float> to = embeddings.Slice(start * length, images * length);
            int tokens = images * _vision.Tokens;
            if (_isFeatures)
                _tower.Run([TransformerGraph.Pixels], inputs, TransformerGraph.Embeddings, to, [tokens, _dimension], cancellationToken);
            else
                _tower.Run([TransformerGraph.Pixels], inputs, to, tokens, cancellationToken);
        }
    }

    /// <summary>The grid of features that a ResNet's attention pooling reads.</summary>
    /// <returns>[<paramref name="count"/>, 32 · width, S/32, S/32], not normalized.</returns>
    public float[] Grid(ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken)
    {
        float[] grid = new float[checked(count * _vision.HiddenSize * _vision.Grid * _vision.Grid)];
        _tower.Run(
            [TransformerGraph.Pixels],
            [Value(pixels, count)],
            ResNetGraph.Grid,
            grid,
            [count, _vision.HiddenSize, _vision.Grid, _vision.Grid],
            cancellationToken
        );
        return grid;
    }

    public void Dispose() => _tower.Dispose();

    private OrtValue Value(ReadOnlyMemory<float> pixels, int count) =>
        OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            MemoryMarshal.AsMemory(pixels),
            [count, _vision.Channels, _vision.ImageSize, _vision.ImageSize]
        );
}
