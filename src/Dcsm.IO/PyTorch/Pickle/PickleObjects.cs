using System.Globalization;
using System.Numerics;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch.Pickle;

/// <summary>Makes and fills the objects of a pickle.</summary>
/// <remarks>
/// Python's values become null, bool, long, <see cref="BigInteger"/>, double, string, byte[], object?[] (tuples),
/// List&lt;object?&gt;, <see cref="PyTorchObject"/> and <see cref="PyTorchTensor"/>.
/// </remarks>
internal sealed class PickleObjects(int pickleLength, long fileLength, Func<IReadOnlyList<object?>, object?>? persistent)
{
    /// <summary>
    /// About the bytes that .NET takes for a number, a list, a dictionary or other object, and for one more entry in one.
    /// </summary>
    public const int Boxed = 24,
        OfList = 56,
        OfDictionary = 128,
        OfSlot = 16,
        OfEntry = 64;

    // A view of a storage and a tensor, each with all that they hold.
    private const int OfStorage = 256,
        OfTensor = 256,
        OfDimension = 64;

    // No key of a dictionary is a larger number; to write one in decimal takes time with the square of its length.
    private const int MaxKeyBytes = 16;

    private const int MaxDimensions = 64;

    // What an honest checkpoint holds besides its weights: a tokenizer of 49,408 tokens takes half of it.
    private const long MemoryOfSmallFiles = 64 << 20;

    private readonly long _mostMemory = MemoryOfSmallFiles + fileLength;
    private long _memory;

    // An honest pickle copies next to nothing.
    private long _budget = 1000 + (4L * pickleLength);

    /// <summary>Counts what was made.</summary>
    /// <exception cref="PickleException">It is more than the file can be worth.</exception>
    public void Spend(long bytes)
    {
        if ((_memory += bytes) > _mostMemory)
            throw new PickleException($"it asks for more memory than its file of {fileLength} bytes is worth");
    }

    public object? Persistent(object? id)
    {
        if (persistent is null || id is not IReadOnlyList<object?> parts)
            throw new PickleException("a persistent id is not one of PyTorch's");
        Spend(OfStorage);
        return persistent(parts);
    }

    public void Append(object? target, ReadOnlySpan<object?> items)
    {
        if (target is not List<object?> list)
            throw new PickleException("something is appended to what is no list");
        Spend(OfSlot * items.Length);
        list.AddRange(items);
    }

    public void SetItems(object? target, object?[] pairs)
    {
        if (target is not PyTorchObject dictionary)
            throw new PickleException("an entry is set in what is no dictionary");
        if (pairs.Length % 2 != 0)
            throw new PickleException("a dictionary has a key without a value");
        Spend(OfEntry * (long)pairs.Length / 2);
        for (int i = 0; i < pairs.Length; i += 2)
            dictionary.Set(Key(pairs[i]), Value(pairs[i + 1]));
    }

    /// <summary>What calling a class with arguments comes to.</summary>
    public object? Call(object? callee, object? arguments, bool isNew)
    {
        if (callee is not PickleClass called || arguments is not object?[] list)
            throw new PickleException("something is called that is no class");
        if (isNew && called.Role is not (PickleRole.Attributes or PickleRole.Dictionary or PickleRole.List))
            throw new PickleException($"'{called.FullName}' is made an object of");
        Spend(OfDictionary);
        return called.Role switch
        {
            PickleRole.Dictionary => Dictionary(list),
            PickleRole.List => list is [] ? new List<object?>() : new List<object?>(Copied(List(list[0], "a list's elements"))),
            PickleRole.First when list.Length > 0 => list[0],
            PickleRole.Tensor when list.Length >= 4 => Tensor(list, null),
            PickleRole.TypedTensor when list is [_, _, _, _, _, _, PickleClass { Role: PickleRole.Type, Type: { } type }, ..] => Tensor(
                list,
                type
            ),
            PickleRole.Call when list is [PickleClass { Role: not PickleRole.Call } inner, _, object?[] innerArguments, ..] => Call(
                inner,
                innerArguments,
                isNew: false
            ),
            PickleRole.Attributes => new PyTorchObject(called.FullName),
            _ => throw new PickleException($"'{called.FullName}' is called with arguments that do not fit it"),
        };
    }

    /// <summary>Gives an object its attributes.</summary>
    public void Build(object? target, object? state)
    {
        switch (target)
        {
            case PyTorchObject { ClassName: null }:
            case PyTorchTensor:
                // Attributes of a state dict (its _metadata) or a parameter.
                return;
            case PyTorchObject bag:
                // Attributes, or a pair of them and the slots.
                foreach (object? part in state is object?[] { Length: 2 } parts ? parts : [state])
                {
                    if (part is PyTorchObject attributes)
                    {
                        foreach ((string? name, object? value) in Copied(attributes.Values))
                            bag.Set(name, value);
                    }
                    else if (part is not null)
                    {
                        bag.Set("__state__", Value(part));
                    }
                }
                return;
            default:
                throw new PickleException("attributes are given to what has none");
        }
    }

    private static object? Value(object? value) => value is PickleClass named ? new PyTorchObject(named.FullName) : value;

    // Keys other than text: parameter numbers of optimizers, pairs of a tokenizer's merges.
    private string Key(object? key)
    {
        switch (key)
        {
            case string text:
                return text;
            case object?[] parts:
                Charge(parts.Length);
                string[] keys = Array.ConvertAll(
                    parts,
                    part =>
                        part switch
                        {
                            object?[] => "…",
                            _ => Key(part),
                        }
                );
                Charge(keys.Sum(part => (long)part.Length));
                Spend(Boxed + (2 * keys.Sum(part => part.Length + 2L)));
                return $"({string.Join(", ", keys)})";
            case null:
                return "None";
            case byte[]:
                return "bytes";
            case BigInteger large when large.GetByteCount() > MaxKeyBytes:
                throw new PickleException(
                    $"a dictionary's key is a number of {large.GetByteCount()} bytes; at most {MaxKeyBytes} can be read"
                );
            case IFormattable number:
                Spend(2 * Boxed);
                return number.ToString(null, CultureInfo.InvariantCulture);
            case bool flag:
                return flag ? "True" : "False";
            case PickleClass named:
                return named.FullName;
            default:
                throw new PickleException("a dictionary's key is neither text nor a number");
        }
    }

    private PyTorchObject Dictionary(object?[] arguments)
    {
        var made = new PyTorchObject(null);
        if (arguments is [PyTorchObject given, ..])
        {
            foreach ((string? key, object? value) in Copied(given.Values))
                made.Set(key, value);
        }
        else if (arguments.Length > 0)
        {
            foreach (object? pair in Copied(List(arguments[0], "a dictionary's entries")))
            {
                SetItems(
                    made,
                    [
                        .. List(pair, "a dictionary's entry") is { Count: 2 } two
                            ? two
                            : throw new PickleException("a dictionary's entry is not a pair"),
                    ]
                );
            }
        }
        return made;
    }

    private PyTorchTensor Tensor(object?[] arguments, TensorType? type)
    {
        if (arguments[0] is not PyTorchStorage storage)
            throw new PickleException("a tensor has no storage");
        long offset = arguments[1] is long first ? first : throw new PickleException("a tensor's offset is no whole number");
        long[] sizes = Numbers(arguments[2], "sizes");
        long[] strides = Numbers(arguments[3], "strides");
        if (sizes.Length != strides.Length)
            throw new PickleException($"a tensor has {sizes.Length} sizes, but {strides.Length} strides");
        Spend(OfTensor + (OfDimension * sizes.Length));
        return PyTorchTensor.Create(storage, type ?? storage.Type, offset, sizes, strides);
    }

    private static long[] Numbers(object? value, string what)
    {
        IReadOnlyList<object?> list = List(value, $"a tensor's {what}");
        if (list.Count > MaxDimensions)
            throw new PickleException($"a tensor has {list.Count} {what}; at most {MaxDimensions} can be read");
        return [.. list.Select(number => number as long? ?? throw new PickleException($"a tensor's {what} are not all whole numbers"))];
    }

    private static IReadOnlyList<object?> List(object? value, string what) =>
        value as IReadOnlyList<object?> ?? throw new PickleException($"{what} are no list");

    private IReadOnlyCollection<T> Copied<T>(IReadOnlyCollection<T> items)
    {
        Charge(items.Count);
        Spend(OfEntry * (long)items.Count);
        return items;
    }

    private void Charge(long count)
    {
        if ((_budget -= count) < 0)
            throw new PickleException("the pickle copies more than it holds");
    }
}
