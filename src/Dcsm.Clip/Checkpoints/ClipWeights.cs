using System.Globalization;
using System.Runtime.InteropServices;
using Dcsm.Clip.Onnx;
using Dcsm.IO.Digests;
using Dcsm.IO.Json;
using Dcsm.IO.PyTorch;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dcsm.Clip.Checkpoints;

/// <summary>The tensors of a CLIP, in one safetensors file, in shards or in a PyTorch checkpoint.</summary>
internal sealed unsafe class ClipWeights : IDisposable
{
    public const string FileName = "model.safetensors",
        IndexName = "model.safetensors.index.json",
        PyTorchName = "pytorch_model.bin";

    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _files = [];
    private readonly List<nint> _buffers = [];
    private readonly string _name;
    private string _anyFile;

    private ClipWeights(string name) => _name = _anyFile = name;

    public static ClipWeights Open(string directory)
    {
        string single = Path.Combine(directory, FileName);
        string index = Path.Combine(directory, IndexName);
        string pytorch = Path.Combine(directory, PyTorchName);
        if (Array.Find([single, index, pytorch], File.Exists) is not { } found)
        {
            string? other = Directory
                .EnumerateFiles(directory)
                .Select(Path.GetFileName)
                .FirstOrDefault(name => Path.GetExtension(name) is ".bin" or ".pt" or ".pth" or ".h5" or ".msgpack");
            throw new FileNotFoundException(
                $"{directory}: there are no weights: neither {FileName} nor {IndexName} nor {PyTorchName}."
                    + (other is null ? "" : $" {other} is none of them; a PyTorch checkpoint can be opened as the file that it is."),
                single
            );
        }
        var weights = new ClipWeights(found);
        try
        {
            if (found == single)
                weights.AddAll(SafetensorsFile.Open(single));
            else if (found == index)
                weights.AddShards(directory, JsonField.Load(index));
            else
                weights.AddAll(PyTorchCheckpoint.Open(pytorch));
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Tensors of a PyTorch checkpoint under the names that the graphs know them by; they count as float32.</summary>
    /// <param name="file">The checkpoint; disposed of with the weights.</param>
    /// <param name="tensors">Its tensors.</param>
    public static ClipWeights Of(PyTorchCheckpoint file, IReadOnlyDictionary<string, PyTorchTensor> tensors)
    {
        var weights = new ClipWeights(file.Path);
        weights._files.Add(file);
        foreach ((string? name, PyTorchTensor? tensor) in tensors)
            weights._tensors[name] = new PyTorchWeight(file.Path, tensor, asFloat32: true);
        return weights;
    }

    /// <summary>A file of the checkpoint, links followed.</summary>
    public string AnyFile
    {
        get
        {
            string path = Path.GetFullPath(_anyFile);
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
    }

    public IReadOnlyDictionary<string, StoredTensor> Tensors => _tensors;

    /// <summary>Trained numbers: neither position ids, which old files store, nor a batch norm's statistics.</summary>
    public long Parameters => Trained.Sum(tensor => tensor.Count);

    /// <summary>The types of the trained numbers in the file, the most frequent first.</summary>
    public IReadOnlyList<TensorType> StoredTypes =>
        [
            .. Trained
                .GroupBy(tensor => tensor.StoredType)
                .OrderByDescending(type => type.Sum(tensor => tensor.Count))
                .Select(type => type.Key),
        ];

    private IEnumerable<StoredTensor> Trained =>
        _tensors
            .Where(tensor =>
                !tensor.Key.EndsWith("position_ids", StringComparison.Ordinal)
                && !tensor.Key.Contains(".running_", StringComparison.Ordinal)
            )
            .Select(tensor => tensor.Value);

    /// <summary>Checks that a tensor is there and has its shape.</summary>
    public void Check(OnnxWeight weight)
    {
        foreach ((string? name, int[]? shape) in weight.Stored)
        {
            if (!_tensors.TryGetValue(name, out StoredTensor? tensor))
            {
                throw new InvalidDataException(
                    $"{_name}: there is no tensor '{name}', which config.json calls for with shape [{string.Join(", ", shape)}]."
                );
            }

            if (!tensor.Shape.SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"{tensor.File}: tensor '{name}' has shape [{string.Join(", ", tensor.Shape)}]; by config.json it should be "
                        + $"[{string.Join(", ", shape)}]."
                );
            }

            if (!TensorConversion.IsReadable(tensor.Type))
            {
                throw new InvalidDataException(
                    $"{tensor.File}: tensor '{name}' is stored as {tensor.Type.Name()}, which can't be read as float32."
                );
            }
        }
    }

    /// <summary>A tensor for ONNX Runtime: the mapped file itself where it holds float32, otherwise a converted copy.</summary>
    public OrtValue Value(OnnxWeight weight)
    {
        long count = weight.Shape.Aggregate(1L, (product, size) => product * size);
        float* pointer = weight is FoldedConvolution ? null : _tensors[weight.Name].Pointer();
        if (pointer is null)
        {
            pointer = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
            _buffers.Add((nint)pointer);
            var values = new Span<float>(pointer, checked((int)count));
            if (weight is FoldedConvolution folded)
                folded.Compute(name => _tensors[name].Read(), values);
            else
                _tensors[weight.Name].CopyTo(values);
        }
        long[] shape = [.. weight.Shape.Select(size => (long)size)];
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            TensorElementType.Float,
            shape,
            (nint)pointer,
            count * sizeof(float)
        );
    }

    /// <summary>A SHA-256 over a description and the tensors named, whichever files they lie in.</summary>
    public string Fingerprint(string description, IEnumerable<string> names)
    {
        string[] present = names.Where(_tensors.ContainsKey).Distinct().Order(StringComparer.Ordinal).ToArray();
        string[] lines = new string[present.Length];
        Parallel.For(
            0,
            present.Length,
            i =>
            {
                StoredTensor tensor = _tensors[present[i]];
                lines[i] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{present[i]} {tensor.Type.Name()} [{string.Join(',', tensor.Shape)}] {tensor.Hash()}\n"
                );
            }
        );
        return Sha256Digest.Of(description + string.Concat(lines));
    }

    public void Dispose()
    {
        foreach (nint buffer in _buffers)
            NativeMemory.AlignedFree((void*)buffer);
        _buffers.Clear();
        foreach (IDisposable file in _files)
            file.Dispose();
    }

    private void AddAll(SafetensorsFile file)
    {
        _files.Add(file);
        foreach (string name in file.Names)
            _tensors[name] = new SafetensorsTensor(file, file.Get(name));
    }

    private void AddAll(PyTorchCheckpoint file)
    {
        _files.Add(file);
        foreach (string name in file.Names)
            _tensors[name] = new PyTorchWeight(file.Path, file.Tensor(name), asFloat32: false);
    }

    private void AddShards(string directory, JsonField index)
    {
        var shards = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        foreach (JsonField entry in index.Field("weight_map").Fields())
        {
            string shard = entry.Text();
            if (Path.GetFileName(shard) != shard || shard is "." or "..")
                throw entry.Expected("the name of a file beside the index");
            if (!shards.TryGetValue(shard, out SafetensorsFile? file))
            {
                string path = Path.Combine(directory, shard);
                if (!File.Exists(path))
                    throw new FileNotFoundException($"{_name}: the shard {shard}, which holds '{entry.Name}', is missing.", path);
                file = shards[shard] = SafetensorsFile.Open(path);
                _files.Add(file);
                _anyFile = path;
            }
            if (!file.Contains(entry.Name))
                throw index.Wrong($"tensor '{entry.Name}' is said to be in {shard}, but is not there.");
            if (!_tensors.TryAdd(entry.Name, new SafetensorsTensor(file, file.Get(entry.Name))))
                throw index.Wrong($"tensor '{entry.Name}' occurs twice in 'weight_map'.");
        }
    }
}
