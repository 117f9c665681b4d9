using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Dcsm.IO.PyTorch.Pickle;

/// <summary>
/// Python's pickle machine (CPython, <c>Lib/pickletools.py</c>, protocols 2 to 5), as far as tensors, plain values and
/// bags of attributes go. It can't run anything: a class is a name on a list, and calling it is one of a few fixed
/// operations.
/// </summary>
/// <remarks>
/// What is made is counted (<see cref="PickleObjects.Spend"/>): a pickle that asks for more memory than the file is long, and some
/// for a small one, is refused. Every step takes at least one byte of the pickle and is charged for what it copies; so it ends.
/// </remarks>
internal ref struct PickleMachine
{
    private const int MaxDepth = 1 << 20,
        MaxMarks = 1 << 12,
        MaxMemo = 1 << 22,
        MaxIntegerLength = 1024;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly PickleSource _source;
    private readonly PickleObjects _objects;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;
    private int _step;

    private PickleMachine(ReadOnlySpan<byte> bytes, PickleSource source, PickleObjects objects)
    {
        _bytes = bytes;
        _source = source;
        _objects = objects;
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="bytes">The pickle, and maybe more.</param>
    /// <param name="source">Where it lies.</param>
    /// <param name="persistent">What a persistent id stands for; null where there are none.</param>
    /// <param name="length">Bytes that it took.</param>
    public static object? Load(
        ReadOnlySpan<byte> bytes,
        PickleSource source,
        Func<IReadOnlyList<object?>, object?>? persistent,
        out int length
    )
    {
        var machine = new PickleMachine(bytes, source, new PickleObjects(bytes.Length, source.FileLength, persistent));
        try
        {
            object? value = machine.Run();
            length = machine._at;
            return value;
        }
        catch (PickleException e)
        {
            throw source.Wrong(machine._step, e.Message);
        }
    }

    private object? Run()
    {
        while (true)
        {
            _step = _at;
            byte code = Take(1)[0];
            if (code == '.')
            {
                object? value = Pop();
                return _stack.Count == 0 && _marks.Count == 0 ? value : throw new PickleException("the pickle ends with values left over");
            }
            Step(code);
            if (_stack.Count > MaxDepth)
                throw new PickleException($"more than {MaxDepth} values wait on the pickle's stack");
        }
    }

    private void Step(byte code)
    {
        switch (code)
        {
            case 0x80: // PROTO
                if (Take(1)[0] is var protocol and (< 2 or > 5))
                    throw new PickleException($"the pickle is of protocol {protocol}; protocols 2 to 5 can be read");
                break;
            case 0x95: // FRAME
                Length(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
                break;
            case (byte)'(':
                if (_marks.Count == MaxMarks)
                    throw new PickleException($"the pickle is nested more than {MaxMarks} deep");
                _marks.Add(_stack.Count);
                break;
            case (byte)'0':
                Pop();
                break;
            case (byte)'1':
                TakeToMark();
                break;
            case (byte)'2':
                Push(Peek());
                break;
            case (byte)'N':
                Push(null);
                break;
            case 0x88:
                Push(true);
                break;
            case 0x89:
                Push(false);
                break;
            case (byte)'K':
                PushMade((long)Take(1)[0], PickleObjects.Boxed);
                break;
            case (byte)'M':
                PushMade((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)), PickleObjects.Boxed);
                break;
            case (byte)'J':
                PushMade((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)), PickleObjects.Boxed);
                break;
            case 0x8a:
                PushInteger(Take(1)[0]);
                break;
            case 0x8b:
                PushInteger(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case (byte)'G':
                PushMade(BinaryPrimitives.ReadDoubleBigEndian(Take(8)), PickleObjects.Boxed);
                break;
            default:
                StepText(code);
                break;
        }
    }

    private void StepText(byte code)
    {
        switch (code)
        {
            case (byte)'X':
                PushText(Take(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))), Encoding.UTF8);
                break;
            case 0x8c:
                PushText(Take(Take(1)[0]), Encoding.UTF8);
                break;
            case 0x8d:
                PushText(Take(Length(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))), Encoding.UTF8);
                break;
            case (byte)'U':
                PushText(Take(Take(1)[0]), Encoding.Latin1);
                break;
            case (byte)'T':
                PushText(Take(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))), Encoding.Latin1);
                break;
            case (byte)'C':
                PushBytes(Take(Take(1)[0]));
                break;
            case (byte)'B':
                PushBytes(Take(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))));
                break;
            case 0x8e or 0x96: // BINBYTES8, BYTEARRAY8
                PushBytes(Take(Length(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))));
                break;
            default:
                StepMemo(code);
                break;
        }
    }

    private void StepMemo(byte code)
    {
        switch (code)
        {
            case (byte)'q':
                Memorize(Take(1)[0]);
                break;
            case (byte)'r':
                Memorize(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            case 0x94:
                Memorize((uint)_memo.Count);
                break;
            case (byte)'h':
                Recall(Take(1)[0]);
                break;
            case (byte)'j':
                Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            default:
                StepCollection(code);
                break;
        }
    }

    private void StepCollection(byte code)
    {
        switch (code)
        {
            case (byte)'}':
                PushMade(new PyTorchObject(null), PickleObjects.OfDictionary);
                break;
            case (byte)']' or 0x8f: // EMPTY_LIST, EMPTY_SET
                PushMade(new List<object?>(), PickleObjects.OfList);
                break;
            case (byte)')':
                Push(Array.Empty<object?>());
                break;
            case (byte)'t':
                Push(TakeToMark());
                break;
            case 0x85 or 0x86 or 0x87: // TUPLE1 to TUPLE3
                Push(TakeLast(code - 0x84));
                break;
            case (byte)'l' or 0x91: // LIST, FROZENSET
                object?[] elements = TakeToMark();
                PushMade(new List<object?>(elements), PickleObjects.OfList + (PickleObjects.OfSlot * elements.Length));
                break;
            case (byte)'d':
                var made = new PyTorchObject(null);
                _objects.Spend(PickleObjects.OfDictionary);
                _objects.SetItems(made, TakeToMark());
                Push(made);
                break;
            case (byte)'a':
                object? item = Pop();
                _objects.Append(Peek(), [item]);
                break;
            case (byte)'e' or 0x90: // APPENDS, ADDITEMS
                object?[] items = TakeToMark();
                _objects.Append(Peek(), items);
                break;
            case (byte)'s':
                object?[] pair = TakeLast(2);
                _objects.SetItems(Peek(), pair);
                break;
            case (byte)'u':
                object?[] pairs = TakeToMark();
                _objects.SetItems(Peek(), pairs);
                break;
            default:
                StepObject(code);
                break;
        }
    }

    private void StepObject(byte code)
    {
        switch (code)
        {
            case (byte)'c':
                PushMade(Class(Line(), Line()), PickleObjects.OfDictionary);
                break;
            case 0x93: // STACK_GLOBAL
                object?[] names = TakeLast(2);
                if (names is not [string module, string name])
                    throw new PickleException("a class is named by something else than two texts");
                PushMade(Class(module, name), PickleObjects.OfDictionary);
                break;
            case (byte)'R' or 0x81: // REDUCE, NEWOBJ
                object?[] call = TakeLast(2);
                Push(_objects.Call(call[0], call[1], isNew: code == 0x81));
                break;
            case 0x92: // NEWOBJ_EX
                object?[] made = TakeLast(3);
                Push(_objects.Call(made[0], made[1], isNew: true));
                break;
            case (byte)'b':
                object? state = Pop();
                _objects.Build(Peek(), state);
                break;
            case (byte)'Q':
                Push(_objects.Persistent(Pop()));
                break;
            default:
                throw new PickleException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"0x{code:X2} is not an operation that PyTorch's pickles use; the file is damaged or no PyTorch checkpoint"
                    )
                );
        }
    }

    private static PickleClass Class(string module, string name) =>
        PickleClasses.Find(module, name)
        ?? throw new PickleException(
            $"it names '{Shown(module)}.{Shown(name)}', which no checkpoint of tensors needs; the file is refused, and nothing "
                + $"of it was run"
        );

    private static string Shown(string name)
    {
        var shown = new StringBuilder();
        foreach (char c in name.Length <= 100 ? name : name[..100] + "…")
            shown.Append(char.IsControl(c) ? '?' : c);
        return shown.ToString();
    }

    private string Line()
    {
        const int Longest = 512;
        ReadOnlySpan<byte> rest = _bytes[_at..];
        int length = rest[..Math.Min(rest.Length, Longest)].IndexOf((byte)'\n');
        if (length < 0)
            throw new PickleException("a class's name has no end");
        string line = Encoding.UTF8.GetString(rest[..length]);
        _at += length + 1;
        return line;
    }

    private readonly void PushText(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        _objects.Spend(PickleObjects.Boxed + (2L * bytes.Length));
        Push(encoding.GetString(bytes));
    }

    private readonly void PushBytes(ReadOnlySpan<byte> bytes)
    {
        _objects.Spend(PickleObjects.Boxed + bytes.Length);
        Push(bytes.ToArray());
    }

    private readonly void PushMade(object? value, long bytes)
    {
        _objects.Spend(bytes);
        Push(value);
    }

    private void PushInteger(int length)
    {
        if (length > MaxIntegerLength)
            throw new PickleException($"a number has {length} bytes; at most {MaxIntegerLength} can be read");
        var number = new BigInteger(Take(length));
        // Not as the one type that both would fit: what others ask for is a long.
        object value = number >= long.MinValue && number <= long.MaxValue ? (long)number : (object)number;
        PushMade(value, (2 * PickleObjects.Boxed) + length);
    }

    private void Memorize(uint index)
    {
        if (_memo.Count == MaxMemo)
            throw new PickleException($"the pickle memorizes more than {MaxMemo} values");
        if (_memo.TryAdd(index, Peek()))
            _objects.Spend(PickleObjects.OfEntry);
        else
            _memo[index] = Peek();
    }

    private readonly void Recall(uint index)
    {
        if (!_memo.TryGetValue(index, out object? value))
            throw new PickleException($"value {index} is recalled, but was never memorized");
        Push(value);
    }

    private readonly void Push(object? value) => _stack.Add(value);

    private readonly object? Peek()
    {
        Need(1);
        return _stack[^1];
    }

    private readonly object? Pop()
    {
        Need(1);
        object? value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly object?[] TakeLast(int count)
    {
        Need(count);
        _objects.Spend(PickleObjects.Boxed + (sizeof(long) * count));
        object?[] values = CollectionsMarshal.AsSpan(_stack)[^count..].ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private readonly object?[] TakeToMark()
    {
        if (_marks.Count == 0)
            throw new PickleException("a mark is missing on the pickle's stack");
        int count = _stack.Count - _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return count == 0 ? [] : TakeLast(count);
    }

    private readonly void Need(int count)
    {
        if (_stack.Count - (_marks.Count == 0 ? 0 : _marks[^1]) < count)
            throw new PickleException("values are missing on the pickle's stack");
    }

    private readonly int Length(ulong length) =>
        length <= (ulong)(_bytes.Length - _at)
            ? (int)length
            : throw new PickleException($"{length} bytes are announced, but {_bytes.Length - _at} are left");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
            throw new PickleException("the pickle is cut off");
        ReadOnlySpan<byte> taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }
}
