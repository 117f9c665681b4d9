using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Dcsm.Clip.Onnx;

/// <summary>
/// An ONNX model under construction. Messages and field numbers are those of <c>onnx.proto3</c>; only what the
/// graphs of encoders and heads need is here.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class OnnxGraph
{
    /// <summary>32-bit floating-point numbers.</summary>
    public const int Float = 1;

    /// <summary>Bytes.</summary>
    public const int UInt8 = 2;

    /// <summary>Bytes with a sign.</summary>
    public const int Int8 = 3;

    /// <summary>32-bit whole numbers.</summary>
    public const int Int32 = 6;

    /// <summary>64-bit whole numbers.</summary>
    public const int Int64 = 7;

    /// <summary>16-bit floating-point numbers.</summary>
    public const int Float16 = 10;

    private const int IrVersion = 9,
        Opset = 20,
        External = 1;

    private readonly GraphWeights _source;
    private readonly ProtobufWriter _graph = new();
    private readonly Dictionary<string, OnnxWeight> _weights = new(StringComparer.Ordinal);
    private int _names;

    /// <summary>An empty graph, whose numbers are all constants.</summary>
    public OnnxGraph()
        : this(GraphWeights.None) { }

    /// <param name="weights">Where its weights are.</param>
    internal OnnxGraph(GraphWeights weights) => _source = weights;

    /// <summary>Whether numbers are computed in 16 bits; inputs and outputs have 32 all the same.</summary>
    internal bool IsHalf => _source.IsHalf;

    /// <summary>The tensors that the session must be given.</summary>
    internal IReadOnlyCollection<OnnxWeight> Weights => _weights.Values;

    /// <summary>Declares an input; sizes are numbers or, where they vary, names.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">What it holds, as <see cref="Float"/>.</param>
    /// <param name="shape">Its sizes, each an <see cref="int"/> or a <see cref="string"/>.</param>
    /// <returns>The name by which it is computed with.</returns>
    public string Input(string name, int type, params ReadOnlySpan<object> shape)
    {
        Value(11, name, type, shape);
        return IsHalf && type == Float ? Cast(name, Float16) : name;
    }

    /// <summary>Declares an output; sizes are numbers or, where they vary, names.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">What it holds, as <see cref="Float"/>.</param>
    /// <param name="shape">Its sizes, each an <see cref="int"/> or a <see cref="string"/>.</param>
    public void Output(string name, int type, params ReadOnlySpan<object> shape) => Value(12, name, type, shape);

    /// <summary>A weight that the session is given from outside, by its name in the checkpoint.</summary>
    internal string Weight(string name, params int[] shape) => Weight(new OnnxWeight(name, shape, shape));

    /// <summary>A weight that the graph sees in another shape than the checkpoint.</summary>
    internal string Weight(OnnxWeight weight)
    {
        (string? name, int[]? sizes, int[] _) = weight;
        if (!_weights.TryAdd(name, weight))
            return name;
        _source.Check(weight);
        _graph.Message(
            5,
            tensor =>
            {
                foreach (int size in sizes)
                    tensor.Int(1, size);
                tensor.Int(2, IsHalf ? Float16 : Float);
                tensor.Text(8, name);
                // Never read, as the session has been given the values under this name; but ONNX Runtime insists on an
                // existing file.
                tensor.Message(
                    13,
                    entry =>
                    {
                        entry.Text(1, "location");
                        entry.Text(2, _source.File);
                    }
                );
                tensor.Int(14, External);
            }
        );
        return name;
    }

    /// <summary>A constant list of whole numbers.</summary>
    /// <param name="values">Its values.</param>
    /// <returns>Its name.</returns>
    public string Constant(params ReadOnlySpan<long> values) => Constant(Int64, MemoryMarshal.AsBytes(values).ToArray(), values.Length);

    /// <summary>A constant of bytes.</summary>
    /// <param name="values">Its values.</param>
    /// <param name="shape">Its shape.</param>
    /// <returns>Its name.</returns>
    public string Constant(sbyte[] values, params int[] shape) => Constant(Int8, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), shape);

    /// <summary>A constant of floating-point numbers.</summary>
    /// <param name="values">Its values.</param>
    /// <param name="type"><see cref="Float"/>, or <see cref="Float16"/>, to which they are rounded.</param>
    /// <param name="shape">Its shape; none for a single number.</param>
    /// <returns>Its name.</returns>
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

    /// <summary>Adds a conversion.</summary>
    /// <param name="from">What is converted.</param>
    /// <param name="type">To what, as <see cref="Float16"/>.</param>
    /// <returns>The name of its output.</returns>
    public string Cast(string from, int type) => Node("Cast", [from], ("to", type));

    /// <summary>Adds a node of ONNX's own operators.</summary>
    /// <param name="operation">What it computes.</param>
    /// <param name="inputs">Names of what it is given.</param>
    /// <param name="attributes">Each a <see cref="float"/>, <see cref="int"/>, <see cref="string"/> or list of <see cref="int"/>.</param>
    /// <returns>The name of its output.</returns>
    /// <exception cref="ArgumentException">An attribute is of another type.</exception>
    public string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Node("", operation, inputs, attributes);

    /// <summary>Adds a node.</summary>
    /// <param name="domain">The domain of the operator; "" is ONNX's own.</param>
    /// <param name="operation">What it computes.</param>
    /// <param name="inputs">Names of what it is given.</param>
    /// <param name="attributes">Each a <see cref="float"/>, <see cref="int"/>, <see cref="string"/> or list of <see cref="int"/>.</param>
    /// <returns>The name of its output.</returns>
    /// <exception cref="ArgumentException">An attribute is of another type.</exception>
    public string Node(
        string domain,
        string operation,
        ReadOnlySpan<string> inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes
    )
    {
        string output = NewName(operation);
        Add(output, domain, operation, inputs.ToArray(), attributes.ToArray());
        return output;
    }

    private void Add(string output, string domain, string operation, string[] inputs, (string Name, object Value)[] attributes) =>
        _graph.Message(
            1,
            node =>
            {
                foreach (string input in inputs)
                    node.Text(1, input);
                node.Text(2, output);
                node.Text(3, output);
                node.Text(4, operation);
                foreach ((string? name, object? value) in attributes)
                    node.Message(5, attribute => WriteAttribute(attribute, name, value));
                node.Text(7, domain);
            }
        );

    /// <summary>Adds a node whose output is one of the graph's.</summary>
    /// <param name="output">The name of the output.</param>
    /// <param name="operation">What it computes.</param>
    /// <param name="inputs">Names of what it is given.</param>
    public void OutputNode(string output, string operation, params ReadOnlySpan<string> inputs)
    {
        if (IsHalf)
            Add(output, "", "Cast", [Node(operation, inputs)], [("to", Float)]);
        else
            Add(output, "", operation, inputs.ToArray(), []);
    }

    /// <summary>The finished model.</summary>
    /// <param name="name">What it is called.</param>
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
