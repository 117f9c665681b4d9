using System.Numerics.Tensors;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Onnx;

/// <summary>One tower of a CLIP as a running ONNX session.</summary>
internal sealed class OnnxTower : IDisposable
{
    private readonly OrtValue[] _weights;
    private readonly OnnxSession _session;
    private readonly int _dimension;

    /// <param name="graph">What is computed.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="dimension">Width of its embeddings.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="mayReorder">
    /// Whether ONNX Runtime may lay weights out anew. Those of convolutions, and those in 16 bits, it would take from the place where the
    /// graph says they are, and they are not.
    /// </param>
    public OnnxTower(OnnxGraph graph, string name, ClipWeights weights, int dimension, ClipOptions options, bool mayReorder = true)
    {
        _dimension = dimension;
        _weights = [.. graph.Weights.Select(weight => weights.Value(weight, graph.IsHalf))];
        using SessionOptions session = OnnxSession.Options(options.Threads, options.Spinning);
        session.GraphOptimizationLevel =
            mayReorder && !graph.IsHalf ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
        IsOnCard = CudaProvider.Add(session, options.Device, options.Warn);
        session.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(weights.AnyFile)!);
        foreach ((OnnxWeight? weight, OrtValue? value) in graph.Weights.Zip(_weights))
            session.AddInitializer(weight.Name, value);
        _session = new OnnxSession(graph.ToModel(name), session);
    }

    /// <summary>Whether a graphics card computes it.</summary>
    public bool IsOnCard { get; }

    /// <summary>Runs the tower and makes every token's embedding one of unit length.</summary>
    /// <param name="names">Names of the inputs.</param>
    /// <param name="inputs">The inputs; disposed of.</param>
    /// <param name="embeddings">[tokens, dimension], to be filled.</param>
    /// <param name="tokens">All tokens of all items.</param>
    /// <param name="cancellationToken">Stops between two operations of the network.</param>
    public void Run(string[] names, OrtValue[] inputs, Memory<float> embeddings, int tokens, CancellationToken cancellationToken)
    {
        Run(names, inputs, TransformerGraph.Embeddings, embeddings, [tokens, _dimension], cancellationToken);
        Span<float> values = embeddings.Span;
        for (int start = 0; start < values.Length; start += _dimension)
        {
            Span<float> token = values.Slice(start, _dimension);
            TensorPrimitives.Divide(token, TensorPrimitives.Norm<float>(token), token);
        }
    }

    /// <summary>Runs the tower as far as one output.</summary>
    public void Run(
        string[] names,
        OrtValue[] inputs,
        string output,
        Memory<float> values,
        long[] shape,
        CancellationToken cancellationToken
    ) =>
        _session.Run(
            names,
            inputs,
            [output],
            [OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, shape)],
            cancellationToken
        );

    public void Dispose()
    {
        _session.Dispose();
        foreach (OrtValue weight in _weights)
            weight.Dispose();
    }
}
