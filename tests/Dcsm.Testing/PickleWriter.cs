using System.Buffers.Binary;
using System.Text;

namespace Dcsm.Testing;

/// <summary>Writes pickles by hand, good ones and others.</summary>
public sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    public PickleWriter(byte protocol = 2) => Raw(0x80, protocol);

    public byte[] Done() => [.. Raw('.')._bytes];

    public PickleWriter Raw(params int[] bytes)
    {
        foreach (int value in bytes)
            _bytes.Add((byte)value);
        return this;
    }

    public PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Raw('X').Number(utf8.Length);
        _bytes.AddRange(utf8);
        return this;
    }

    public PickleWriter Integer(int value) => Raw('J').Number(value);

    public PickleWriter Class(string module, string name)
    {
        Raw('c');
        _bytes.AddRange(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
        return this;
    }

    public PickleWriter Tuple(params int[] values)
    {
        Raw('(');
        foreach (int value in values)
            Integer(value);
        return Raw('t');
    }

    /// <summary>A tensor as <c>torch.save</c> writes it.</summary>
    public PickleWriter Tensor(string storage, string key, int count, int offset, int[] shape, int[] strides)
    {
        Class("torch._utils", "_rebuild_tensor_v2")
            .Raw('(', '(')
            .Text("storage")
            .Class("torch", storage)
            .Text(key)
            .Text("cpu")
            .Integer(count)
            .Raw('t', 'Q');
        Integer(offset).Tuple(shape).Tuple(strides);
        return Raw(0x89).Class("collections", "OrderedDict").Raw(')', 'R', 't', 'R');
    }

    private PickleWriter Number(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }
}
