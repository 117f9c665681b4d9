using System.Text;
using Dcsm.IO.Files;
using Dcsm.IO.PyTorch.Pickle;
using Dcsm.IO.PyTorch.Zip;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch;

/// <summary>
/// A checkpoint as a zip archive (pytorch, <c>caffe2/serialize</c> and <c>torch/serialization.py</c>): <c>data.pkl</c>
/// and the storages in <c>data/</c>. The code and the constants of TorchScript are not looked at.
/// </summary>
internal sealed class PyTorchArchive
{
    public const int MaxPickle = 512 << 20;

    // Deflate can't do better than about 1 to 1032, and weights don't come near that.
    private const int MaxRatio = 1032,
        UsualRatio = 16;
    private const long UsualUnpacked = 64 << 20;

    private readonly MappedFile _file;
    private readonly ZipDirectory _directory;
    private readonly string _folder;
    private readonly Dictionary<(string Key, TensorType Type), PyTorchStorage> _storages = [];
    private readonly HashSet<string> _unpacked = new(StringComparer.Ordinal);
    private long _unpackedLength;

    private PyTorchArchive(MappedFile file, ZipDirectory directory, string folder) =>
        (_file, _directory, _folder) = (file, directory, folder);

    public static PyTorchContent Read(MappedFile file)
    {
        var directory = ZipDirectory.Read(file);
        string[] pickles = directory
            .Entries.Keys.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal) && name.Count(c => c == '/') == 1)
            .Take(2)
            .ToArray();
        if (pickles.Length != 1)
        {
            throw new InvalidDataException(
                pickles.Length > 1
                    ? $"{file.Path}: the archive holds more than one data.pkl."
                    : $"{file.Path}: this zip archive is no PyTorch checkpoint: it has no data.pkl in a folder at its top."
            );
        }
        return new PyTorchArchive(file, directory, pickles[0][..^"data.pkl".Length]).Read();
    }

    private PyTorchContent Read()
    {
        if (
            _directory.Entries.TryGetValue(_folder + "byteorder", out ZipEntry? order)
            && Encoding.ASCII.GetString(Bytes(order)) is var text
            && text != "little"
        )
        {
            throw new InvalidDataException(
                $"{_file.Path}: the byte order is '{(text.Length < 20 ? text : "…")}'; only little-endian checkpoints can be read."
            );
        }

        ZipEntry entry = _directory.Entries[_folder + "data.pkl"];
        var source = new PickleSource(_file.Path, _file.Length, "data.pkl", entry.IsDeflated ? -1 : entry.Offset);
        ReadOnlySpan<byte> pickle = Bytes(entry);
        object? root = PickleMachine.Load(pickle, source, Persistent, out int length);
        if (length != pickle.Length)
            throw source.Wrong(length, $"{pickle.Length - length} bytes follow the end of the pickle");
        bool isScript =
            _directory.Entries.Keys.Any(name => name.StartsWith(_folder + "code/", StringComparison.Ordinal))
            || _directory.Entries.ContainsKey(_folder + "constants.pkl");
        return new PyTorchContent(isScript ? PyTorchFormat.TorchScript : PyTorchFormat.Zip, root);
    }

    // ("storage", class, key, location, elements)
    private object? Persistent(IReadOnlyList<object?> id)
    {
        if (id is not ["storage", PickleClass { Role: PickleRole.Storage, Type: { } type }, string key, _, long count, ..])
            throw new PickleException("a persistent id is not that of a storage");
        if (_storages.TryGetValue((key, type), out PyTorchStorage? known))
        {
            return known.Count == count
                ? known
                : throw new PickleException($"storage '{Shown(key)}' is said to have {known.Count} elements and {count} elements");
        }

        if (!_directory.Entries.TryGetValue($"{_folder}data/{key}", out ZipEntry? entry))
            throw new PickleException($"storage '{Shown(key)}' is not in the archive; the file is damaged");
        if (count < 0 || count > entry.Length || count * type.Size() != entry.Length)
        {
            throw new PickleException(
                $"storage '{Shown(key)}' is said to have {count} elements of {type.Name()}, but its record has {entry.Length} bytes"
            );
        }

        CheckPacking(entry);
        var storage = new PyTorchStorage(_file.Path, key, type, count);
        storage.Place(_file, entry);
        _storages.Add((key, type), storage);
        return storage;
    }

    private static string Shown(string key) => key.Length <= 40 ? key : key[..40] + "…";

    private ReadOnlySpan<byte> Bytes(ZipEntry entry)
    {
        if (entry.Length > MaxPickle)
        {
            throw new InvalidDataException(
                $"{_file.Path}: the record '{entry.Name}' has {entry.Length} bytes; at most {MaxPickle} can be read."
            );
        }

        CheckPacking(entry);
        if (entry.IsDeflated)
            return PyTorchStorage.Unpack(_file, entry);
        PyTorchStorage.Check(_file, entry);
        return _file.Span(entry.Offset, (int)entry.Length);
    }

    private void CheckPacking(ZipEntry entry)
    {
        if (!entry.IsDeflated || !_unpacked.Add(entry.Name))
            return;
        if (
            entry.Length > Array.MaxLength
            || entry.Length / MaxRatio > entry.StoredLength
            || (_unpackedLength += entry.Length) > UsualUnpacked + (UsualRatio * _file.Length)
        )
        {
            throw new InvalidDataException(
                $"{_file.Path}: the record '{entry.Name}' of {entry.StoredLength} bytes is said to have {entry.Length} bytes "
                    + $"unpacked, which is more than can be believed of weights."
            );
        }
    }
}
