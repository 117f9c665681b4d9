using System.Buffers.Binary;
using System.Numerics;
using Dcsm.IO.Files;
using Dcsm.IO.PyTorch.Pickle;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch;

/// <summary>
/// A checkpoint as <c>torch.save</c> wrote it before PyTorch 1.6 (pytorch, <c>torch/serialization.py</c>,
/// <c>_legacy_load</c>): four pickles (magic number, version, system, object), one with the storages' keys, and the
/// storages in that order, each after its number of elements.
/// </summary>
internal sealed class PyTorchLegacyFile
{
    private const long Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber, null);

    private readonly MappedFile _file;
    private readonly Dictionary<string, PyTorchStorage> _storages = new(StringComparer.Ordinal);
    private readonly List<(PyTorchStorage View, string Key, long First)> _views = [];
    private long _at;

    private PyTorchLegacyFile(MappedFile file) => _file = file;

    /// <summary>Whether a file starts with a pickle.</summary>
    public static bool IsPickle(MappedFile file) => file.Length >= 2 && file.Span(0, 2) is [0x80, >= 2 and <= 5];

    public static PyTorchContent Read(MappedFile file) => new PyTorchLegacyFile(file).Read();

    private PyTorchContent Read()
    {
        string path = _file.Path;
        if (Next(null) is not BigInteger magic || magic != Magic)
        {
            throw new InvalidDataException(
                $"{path}: this is a pickle, but no PyTorch checkpoint: it does not begin with PyTorch's magic number."
            );
        }

        if (Next(null) is var version && version is not Version)
            throw new InvalidDataException($"{path}: the checkpoint is of version {version as long?}; {Version} can be read.");
        if (Next(null) is not PyTorchObject system || !system.TryGet("little_endian", out object? little) || little is not true)
            throw new InvalidDataException($"{path}: the checkpoint is not said to be little-endian; others can't be read.");
        object? root = Next(Persistent);
        long keysAt = _at;
        if (Next(null) is not List<object?> keys)
            throw new InvalidDataException($"{path}: the list of storages at byte {keysAt} is missing.");
        foreach (object? key in keys)
            PlaceStorage(key as string);
        if (_at != _file.Length)
            throw new InvalidDataException($"{path}: the storages end at byte {_at}, but the file has {_file.Length} bytes.");
        foreach ((string? key, PyTorchStorage? storage) in _storages)
        {
            if (storage.Offset < 0)
                throw new InvalidDataException($"{path}: storage '{key}' is not in the file.");
        }
        foreach ((PyTorchStorage? view, string? key, long first) in _views)
            view.Place(_file, _storages[key].Offset + (first * view.Type.Size()));
        return new PyTorchContent(PyTorchFormat.Legacy, root);
    }

    private object? Next(Func<IReadOnlyList<object?>, object?>? persistent)
    {
        if (_at >= _file.Length)
            throw new InvalidDataException($"{_file.Path}: the file ends at byte {_at}, where a pickle should begin; it is truncated.");
        ReadOnlySpan<byte> bytes = _file.Span(_at, (int)Math.Min(PyTorchArchive.MaxPickle, _file.Length - _at));
        object? value = PickleMachine.Load(bytes, new PickleSource(_file.Path, _file.Length, null, _at), persistent, out int length);
        _at += length;
        return value;
    }

    // ("storage", class, key, location, elements, view) with view = None or (key, first, elements);
    // ("module", class, file, source)
    private object? Persistent(IReadOnlyList<object?> id)
    {
        if (id is ["module", PickleClass module, ..])
            return module;
        if (id is not ["storage", PickleClass { Role: PickleRole.Storage, Type: { } type }, string key, _, long count, ..])
            throw new PickleException("a persistent id is neither that of a storage nor that of a module");
        if (!_storages.TryGetValue(key, out PyTorchStorage? storage))
        {
            if (count < 0 || count > _file.Length / type.Size())
            {
                throw new PickleException(
                    $"storage '{key}' is said to have {count} elements of {type.Name()}, but the file has {_file.Length} bytes"
                );
            }

            _storages.Add(key, storage = new PyTorchStorage(_file.Path, key, type, count));
        }
        if (storage.Count != count || storage.Type != type)
        {
            throw new PickleException(
                $"storage '{key}' is said to have {storage.Count} elements of {storage.Type.Name()} and {count} of {type.Name()}"
            );
        }

        return id.Count < 6 || id[5] is null ? storage : View(storage, key, id[5]);
    }

    private PyTorchStorage View(PyTorchStorage storage, string key, object? view)
    {
        if (
            view is not object?[] parts
            || parts is not [string name, long first, long count]
            || first < 0
            || count < 0
            || first > storage.Count
            || count > storage.Count - first
        )
        {
            throw new PickleException($"a view goes beyond its storage '{key}' of {storage.Count} elements");
        }

        var made = new PyTorchStorage(_file.Path, name, storage.Type, count);
        _views.Add((made, key, first));
        return made;
    }

    private void PlaceStorage(string? key)
    {
        if (key is null || !_storages.TryGetValue(key, out PyTorchStorage? storage))
            throw new InvalidDataException($"{_file.Path}: the list of storages names '{key}', which no tensor has.");
        if (storage.Offset >= 0)
            throw new InvalidDataException($"{_file.Path}: storage '{key}' is in the file twice.");
        if (_file.Length - _at < sizeof(long))
        {
            throw new InvalidDataException(
                $"{_file.Path}: storage '{key}' should begin at byte {_at}, but the file has {_file.Length} bytes; it is truncated."
            );
        }

        long count = BinaryPrimitives.ReadInt64LittleEndian(_file.Span(_at, sizeof(long)));
        if (count != storage.Count)
        {
            throw new InvalidDataException(
                $"{_file.Path}: storage '{key}' at byte {_at} has {count} elements, but its tensors were told {storage.Count}."
            );
        }

        _at += sizeof(long);
        if (storage.ByteLength > _file.Length - _at)
        {
            throw new InvalidDataException(
                $"{_file.Path}: storage '{key}' at byte {_at} takes {storage.ByteLength} bytes, but the file has "
                    + $"{_file.Length}; it is truncated."
            );
        }

        storage.Place(_file, _at);
        _at += storage.ByteLength;
    }
}
