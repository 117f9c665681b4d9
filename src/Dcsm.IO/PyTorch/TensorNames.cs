namespace Dcsm.IO.PyTorch;

/// <summary>Finds every tensor below a value, under the keys that lead to it, joined by dots.</summary>
internal sealed class TensorNames
{
    // A small file can tell of very many paths to the same tensor; these bounds are far above any checkpoint.
    private const int MaxDepth = 64,
        MaxVisits = 1 << 22;
    private const long MaxCharacters = 1 << 26;

    // Names are held: no more of them than the file is long, and some for a small one.
    private const long MemoryOfSmallFiles = 32 << 20;
    private const int OfEntry = 100;

    private readonly HashSet<object> _path = new(ReferenceEqualityComparer.Instance);
    private readonly string _file;
    private long _memory;
    private int _visits;
    private long _characters;

    private TensorNames(string file, long fileLength) => (_file, _memory) = (file, MemoryOfSmallFiles + fileLength);

    private Dictionary<string, PyTorchTensor> Found { get; } = new(StringComparer.Ordinal);

    public static Dictionary<string, PyTorchTensor> Below(object? root, string file, long fileLength)
    {
        var names = new TensorNames(file, fileLength);
        names.Visit(root, "", 0);
        return names.Found;
    }

    private void Visit(object? value, string name, int depth)
    {
        if (value is PyTorchTensor tensor)
        {
            if ((_memory -= OfEntry + (2 * name.Length)) < 0)
            {
                throw new InvalidDataException(
                    $"{_file}: the tensors' names take more memory than the file is worth; this is no checkpoint."
                );
            }

            Found[name] = tensor;
        }
        else if (value is PyTorchObject or IReadOnlyList<object?>)
        {
            if (depth == MaxDepth || ++_visits > MaxVisits)
                throw new InvalidDataException($"{_file}: the dictionaries are nested too deep or too often; this is no checkpoint.");
            // What holds itself is not gone into again.
            if (!_path.Add(value))
                return;
            VisitChildren(value, name.Length == 0 ? "" : name + ".", depth + 1);
            _path.Remove(value);
        }
    }

    private void VisitChildren(object value, string prefix, int depth)
    {
        if (value is PyTorchObject dictionary)
        {
            foreach ((string? key, object? child) in dictionary.Values)
            {
                if (child is PyTorchTensor or PyTorchObject or IReadOnlyList<object?>)
                    Visit(child, Named(prefix, key), depth);
            }
            return;
        }
        int index = 0;
        foreach (object? child in (IReadOnlyList<object?>)value)
        {
            if (child is PyTorchTensor or PyTorchObject or IReadOnlyList<object?>)
                Visit(child, Named(prefix, index.ToString(System.Globalization.CultureInfo.InvariantCulture)), depth);
            index++;
        }
    }

    private string Named(string prefix, string key)
    {
        if ((_characters += prefix.Length + key.Length) > 4 * MaxCharacters)
        {
            throw new InvalidDataException(
                $"{_file}: the names of what is in the file have more than {4 * MaxCharacters} characters; this is no checkpoint."
            );
        }

        return prefix + key;
    }
}
