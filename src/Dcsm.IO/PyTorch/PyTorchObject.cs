using System.Diagnostics.CodeAnalysis;

namespace Dcsm.IO.PyTorch;

/// <summary>
/// A dictionary in a PyTorch checkpoint, or an object of some class as the bag of its attributes.
/// </summary>
/// <remarks>
/// Values are null, <see cref="bool"/>, <see cref="long"/>, <see cref="System.Numerics.BigInteger"/> (where a number is
/// too large for that), <see cref="double"/>, <see cref="string"/>, byte[], <see cref="IReadOnlyList{T}"/> of such values (lists, tuples,
/// sets), <see cref="PyTorchObject"/> and <see cref="PyTorchTensor"/>. Keys that are not text are given as text.
/// </remarks>
public sealed class PyTorchObject
{
    private readonly OrderedDictionary<string, object?> _values = new(StringComparer.Ordinal);

    internal PyTorchObject(string? className) => ClassName = className;

    /// <summary>The class of an object, as Python names it; null for a dictionary. Nothing of the class is known but its name.</summary>
    public string? ClassName { get; }

    /// <summary>The keys, in the order of the file.</summary>
    public IReadOnlyCollection<string> Keys => _values.Keys;

    /// <summary>The value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public object? this[string key] => _values[key];

    /// <summary>Keys and values, in the order of the file.</summary>
    public IReadOnlyCollection<KeyValuePair<string, object?>> Values => _values;

    /// <summary>The value of a key, if it is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public bool TryGet(string key, out object? value) => _values.TryGetValue(key, out value);

    /// <summary>The value of a key, if it is there and of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public bool TryGet<T>(string key, [NotNullWhen(true)] out T? value)
        where T : class
    {
        value = _values.TryGetValue(key, out object? found) ? found as T : null;
        return value is not null;
    }

    internal void Set(string key, object? value) => _values[key] = value;
}
