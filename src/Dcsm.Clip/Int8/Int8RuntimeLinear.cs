using Dcsm.Clip.Onnx;
using Dcsm.Numerics.Rows;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dcsm.Clip.Int8;

/// <summary>A layer in int8 whose products ONNX Runtime makes.</summary>
internal sealed unsafe class Int8RuntimeLinear : Int8Linear
{
    private const string Activations = "activations",
        Sums = "sums";
    private static readonly string[] InputNames = [Activations],
        OutputNames = [Sums];

    private readonly InferenceSession[] _blocks;
    private readonly RunOptions _options = new();

    /// <inheritdoc/>
    public Int8RuntimeLinear(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int inputs, int outputs)
        : base(weights, bias, inputs, outputs)
    {
        _blocks = new InferenceSession[(outputs + MostSums - 1) / MostSums];
        // Threads are the tower's: each takes other rows.
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        for (int block = 0; block < _blocks.Length; block++)
            _blocks[block] = new InferenceSession(Product(block * MostSums, Columns(block)), options);
        Quantized = [];
    }

    /// <inheritdoc/>
    public override void Run(QuantizedRows a, float* to, nint stride, int rows, bool add, int* sums)
    {
        if (a.Stride != Inputs)
            throw new ArgumentException($"Rows of {Inputs} bytes must lie side by side; they are {a.Stride} apart.", nameof(a));
        using var activations = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            TensorElementType.UInt8,
            [rows, Inputs],
            (nint)a.Values,
            (long)rows * Inputs
        );
        for (int block = 0; block < _blocks.Length; block++)
        {
            int columns = Columns(block);
            using (
                var products = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance,
                    TensorElementType.Int32,
                    [rows, columns],
                    (nint)sums,
                    (long)rows * columns * sizeof(int)
                )
            )
            {
                _blocks[block].Run(_options, InputNames, [activations], OutputNames, [products]);
            }

            int first = block * MostSums;
            RowKernels.Widest.Dequantize(
                sums,
                rows,
                columns,
                a.Scales,
                a.RowMinima,
                Scales + first,
                WeightSums + first,
                Bias + first,
                to + first,
                stride,
                add
            );
        }
    }

    public override void Dispose()
    {
        foreach (InferenceSession block in _blocks)
            block.Dispose();
        _options.Dispose();
        base.Dispose();
    }

    private int Columns(int block) => Written(Math.Min(MostSums, Outputs - (block * MostSums)));

    private byte[] Product(int first, int columns)
    {
        sbyte[] transposed = new sbyte[Inputs * columns];
        for (int channel = first; channel < Math.Min(Outputs, first + columns); channel++)
        {
            for (int input = 0; input < Inputs; input++)
                transposed[(input * columns) + channel - first] = Quantized[(channel * Inputs) + input];
        }
        var graph = new OnnxGraph(GraphWeights.None);
        string activations = graph.Input(Activations, OnnxGraph.UInt8, "rows", Inputs);
        graph.OutputNode(Sums, "MatMulInteger", activations, graph.Constant(transposed, Inputs, columns));
        graph.Output(Sums, OnnxGraph.Int32, "rows", columns);
        return graph.ToModel("product");
    }
}
