using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Dcsm.Clip.Onnx;

/// <summary>
/// An ONNX model under construction. Messages and field numbers are those of <c>onnx.proto3</c>; only what the
/// graphs of encoders and heads need is here.
/// </summary>
/// <param name="weights">Where its weights are.</param>
internal sealed class OnnxGraph(GraphWeights weights)
{
    public const int Float = 1,
        UInt8 = 2,
        Int8 = 3,
        Int32 = 6,
        Int64 = 7,
        Float16 = 10;
    private const int IrVersion = 9,
        Opset = 20,
        External = 1;

    private readonly ProtobufWriter _graph = new();
    private readonly Dictionary<string, OnnxWeight> _weights = new(StringComparer.Ordinal);
    private int _names;

    /// <summary>The tensors that the session must be given.</summary>
    public IReadOnlyCollection<OnnxWeight> Weights => _weights.Values;

    /// <summary>Declares an input; sizes are numbers or, where they vary, names.</summary>
    public string Input(string name, int type, params ReadOnlySpan<object> shape)
    {
        Value(11, name, type, shape);
        return name;
    }

    /// <summary>Declares an output.</summary>
    public void Output(string name, int type, params ReadOnlySpan<object> shape) => Value(12, name, type, shape);

    /// <summary>A weight that the session is given from outside, by its name in the checkpoint.</summary>
    public string Weight(string name, params int[] shape) => Weight(new OnnxWeight(name, shape, shape));

    /// <summary>A weight that the graph sees in another shape than the checkpoint.</summary>
    public string Weight(OnnxWeight weight)
    {
        (string? name, int[]? sizes, int[] _) = weight;
        if (!_weights.TryAdd(name, weight))
            return name;
        weights.Check(weight);
        _graph.Message(
            5,
            tensor =>
            {
                foreach (int size in sizes)
                    tensor.Int(1, size);
                tensor.Int(2, Float);
                tensor.Text(8, name);
                // Never read, as the session has been given the values under this name; but ONNX Runtime insists on an
                // existing file.
                tensor.Message(
                    13,
                    entry =>
                    {
                        entry.Text(1, "location");
                        entry.Text(2, weights.File);
                    }
                );
                tensor.Int(14, External);
            }
        );
        return name;
    }

    /// <summary>A constant list of whole numbers.</summary>
    public string Constant(params ReadOnlySpan<long> values)
    {
        return Constant(Int64, MemoryMarshal.AsBytes(values).ToArray(), values.Length);
    }

    /// <summary>A constant of bytes.</summary>
    public string Constant(sbyte[] values, params int[] shape) => Constant(Int8, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), shape);

    /// <summary>A constant of floating-point numbers.</summary>
    /// <param name="values">Its values.</param>
    /// <param name="type"><see cref="Float"/>, or <see cref="Float16"/>, to which they are rounded.</param>
    /// <param name="shape">Its shape; none for a single number.</param>
    public string Constant(ReadOnlySpan<float> values, int type, params int[] shape)
    {
        if (type == Float)
            return Constant(Float, MemoryMarshal.AsBytes(values).ToArray(), shape);
        var halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        return Constant(Float16, MemoryMarshal.AsBytes(halves.AsSpan()).ToArray(), shape);
    }

    private string Constant(int type, byte[] bytes, params int[] shape)
    {
        string name = NewName("constant");
        _graph.Message(
            5,
            tensor =>
            {
                foreach (int size in shape)
                    tensor.Int(1, size);
                tensor.Int(2, type);
                tensor.Text(8, name);
                tensor.Bytes(9, bytes);
            }
        );
        return name;
    }

    /// <summary>Adds a node and returns the name of its output.</summary>
    public string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Node("", operation, inputs, attributes);

    /// <summary>Adds a node of an operator domain ("" is ONNX's own) and returns the name of its output.</summary>
    public string Node(
        string domain,
        string operation,
        ReadOnlySpan<string> inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes
    )
    {
        string output = NewName(operation);
        string[] inputNames = inputs.ToArray();
        (string Name, object Value)[] attributeList = attributes.ToArray();
        _graph.Message(
            1,
            node =>
            {
                foreach (string input in inputNames)
                    node.Text(1, input);
                node.Text(2, output);
                node.Text(3, output);
                node.Text(4, operation);
                foreach ((string? name, object? value) in attributeList)
                    node.Message(5, attribute => WriteAttribute(attribute, name, value));
                node.Text(7, domain);
            }
        );
        return output;
    }

    /// <summary>Adds a node whose output is one of the graph's.</summary>
    public void OutputNode(string output, string operation, params ReadOnlySpan<string> inputs)
    {
        string[] inputNames = inputs.ToArray();
        _graph.Message(
            1,
            node =>
            {
                foreach (string input in inputNames)
                    node.Text(1, input);
                node.Text(2, output);
                node.Text(4, operation);
            }
        );
    }

    /// <summary>The finished model.</summary>
    public byte[] ToModel(string name)
    {
        _graph.Text(2, name);
        var model = new ProtobufWriter();
        model.Int(1, IrVersion);
        model.Text(2, "dcsm");
        model.Bytes(7, _graph.ToArray());
        foreach ((string? domain, int version) in ((string, int)[])[("", Opset), ("com.microsoft", 1)])
        {
            model.Message(
                8,
                opset =>
                {
                    opset.Text(1, domain);
                    opset.Int(2, version);
                }
            );
        }
        return model.ToArray();
    }

    private static void WriteAttribute(ProtobufWriter attribute, string name, object value)
    {
        attribute.Text(1, name);
        switch (value)
        {
            case float number:
                attribute.Float(2, number);
                attribute.Int(20, 1);
                break;
            case int number:
                attribute.Int(3, number);
                attribute.Int(20, 2);
                break;
            case string text:
                attribute.Text(4, text);
                attribute.Int(20, 3);
                break;
            case int[] numbers:
                foreach (int number in numbers)
                    attribute.Int(8, number);
                attribute.Int(20, 7);
                break;
            default:
                throw new ArgumentException($"No attribute of type {value.GetType().Name}.", nameof(value));
        }
    }

    private void Value(int field, string name, int type, ReadOnlySpan<object> shape)
    {
        object[] sizes = shape.ToArray();
        _graph.Message(
            field,
            value =>
            {
                value.Text(1, name);
                value.Message(
                    2,
                    typeProto =>
                        typeProto.Message(
                            1,
                            tensor =>
                            {
                                tensor.Int(1, type);
                                tensor.Message(
                                    2,
                                    shapeProto =>
                                    {
                                        foreach (object size in sizes)
                                        {
                                            shapeProto.Message(
                                                1,
                                                dimension =>
                                                {
                                                    if (size is string variable)
                                                        dimension.Text(2, variable);
                                                    else
                                                        dimension.Int(1, (int)size);
                                                }
                                            );
                                        }
                                    }
                                );
                            }
                        )
                );
            }
        );
    }

    private string NewName(string stem) => string.Create(CultureInfo.InvariantCulture, $"{stem}_{_names++}");
}
