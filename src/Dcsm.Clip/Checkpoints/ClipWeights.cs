using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Dcsm.Clip.Encoders;
using Dcsm.Clip.Onnx;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.PyTorch;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dcsm.Clip.Checkpoints;

/// <summary>The tensors of a CLIP, in a safetensors file, a PyTorch checkpoint, or shards of either.</summary>
internal sealed unsafe class ClipWeights : IDisposable
{
    // Under which PyTorch checkpoints keep the weights beside other things.
    private static readonly string[] Keys = ["state_dict", "model_state_dict", "model", "clip_state_dict"];

    // What a CLIP has beside the towers' tensors.
    private static readonly string[] Scales = ["logit_scale", "logit_bias"];

    private const int NamesShown = 3;

    private readonly List<IDisposable> _files = [];
    private readonly List<nint> _buffers = [];
    private readonly string _name;
    private readonly bool _asFloat32;
    private readonly ClipStateDict _clip;
    private string _anyFile;

    private ClipWeights(string file, bool asFloat32)
    {
        (_name, _anyFile, _asFloat32) = (file, file, asFloat32);
        try
        {
            _clip = file.EndsWith(ModelFolder.IndexSuffix, StringComparison.Ordinal)
                ? Find([Shards(JsonField.LoadFromPython(file))])
                : Find(Places(file));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a safetensors file, a PyTorch checkpoint, or the index of shards of either.</summary>
    /// <param name="file">The file.</param>
    /// <param name="asFloat32">
    /// Whether the tensors count as float32: so a checkpoint has the fingerprint of the directory that it is converted to.
    /// </param>
    /// <exception cref="FileNotFoundException">The file, or a shard, is missing.</exception>
    /// <exception cref="InvalidDataException">It is damaged, of another kind, or holds no CLIP; the message says so.</exception>
    public static ClipWeights Open(string file, bool asFloat32) => new(file, asFloat32);

    /// <summary>Whose names the tensors carry in the file.</summary>
    public ClipCheckpointFormat Format =>
        IsScript && _clip.Format == ClipCheckpointFormat.OpenClip ? ClipCheckpointFormat.OpenAI : _clip.Format;

    /// <summary>The architecture whose tensors they are.</summary>
    public EncoderArchitecture Encoder => _clip.Encoder;

    /// <summary>What a training script called the run, where it is told.</summary>
    public string? RunName { get; private set; }

    private bool IsScript { get; set; }

    /// <summary>A file of the checkpoint, links followed.</summary>
    public string AnyFile
    {
        get
        {
            string path = Path.GetFullPath(_anyFile);
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
    }

    public IReadOnlyDictionary<string, StoredTensor> Tensors => _clip.Tensors;

    /// <summary>Trained numbers: not a batch norm's statistics.</summary>
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
        Tensors.Where(tensor => !tensor.Key.Contains(".running_", StringComparison.Ordinal)).Select(tensor => tensor.Value);

    /// <summary>A sentence that names the tensors that no tower takes; null where there are none.</summary>
    /// <param name="used">The tensors that the towers take.</param>
    public string? DescribeUnused(IEnumerable<OnnxWeight> used)
    {
        var taken = used.SelectMany(weight => weight.Stored).Select(stored => stored.Name).Concat(Scales).ToHashSet(StringComparer.Ordinal);
        string[] left = [.. Tensors.Keys.Where(name => !taken.Contains(name)).Concat(_clip.Others).Order(StringComparer.Ordinal)];
        return left.Length == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{_name}: {left.Length} of its tensors are not a CLIP's and are left out: {string.Join(", ", left.Take(NamesShown))}"
            )
                + (left.Length > NamesShown ? ", …" : "")
                + (left.Any(IsAdapter) ? "; those of a LoRA count only once they are merged into the weights" : "");
    }

    /// <summary>Checks that a tensor is there and has its shape.</summary>
    public void Check(OnnxWeight weight)
    {
        foreach ((string? name, int[]? shape) in weight.Stored)
        {
            if (!Tensors.TryGetValue(name, out StoredTensor? tensor))
            {
                throw new InvalidDataException(
                    $"{_name}: there is no tensor '{name}', which config.json calls for with shape [{string.Join(", ", shape)}]."
                        + (Tensors.Keys.Any(IsAdapter) ? " There are tensors of a LoRA: merge it into the weights and save those." : "")
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
    /// <param name="weight">Which.</param>
    /// <param name="isHalf">Whether it is rounded to 16 bits, which is always a copy.</param>
    public OrtValue Value(OnnxWeight weight, bool isHalf)
    {
        long count = weight.Shape.Aggregate(1L, (product, size) => product * size);
        void* pointer = isHalf || weight is FoldedConvolution ? null : Tensors[weight.Name].Pointer();
        nuint bytes = (nuint)count * (nuint)(isHalf ? sizeof(Half) : sizeof(float));
        if (pointer is null)
        {
            pointer = NativeMemory.AlignedAlloc(bytes, 64);
            _buffers.Add((nint)pointer);
            int length = checked((int)count);
            if (isHalf)
            {
                float[] values = new float[length];
                Fill(weight, values);
                TensorPrimitives.ConvertToHalf(values, new Span<Half>(pointer, length));
            }
            else
            {
                Fill(weight, new Span<float>(pointer, length));
            }
        }
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            isHalf ? TensorElementType.Float16 : TensorElementType.Float,
            [.. weight.Shape.Select(size => (long)size)],
            (nint)pointer,
            checked((long)bytes)
        );
    }

    private void Fill(OnnxWeight weight, Span<float> values)
    {
        if (weight is FoldedConvolution folded)
            folded.Compute(name => Tensors[name].Read(), values);
        else
            Tensors[weight.Name].CopyTo(values);
    }

    /// <summary>A SHA-256 over a description and the tensors named, whichever files they lie in.</summary>
    public string Fingerprint(string description, IEnumerable<string> names)
    {
        string[] present = names.Where(Tensors.ContainsKey).Distinct().Order(StringComparer.Ordinal).ToArray();
        string[] lines = new string[present.Length];
        Parallel.For(
            0,
            present.Length,
            i =>
            {
                StoredTensor tensor = Tensors[present[i]];
                lines[i] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{present[i]} {TypeOf(tensor).Name()} [{string.Join(',', tensor.Shape)}] {HashOf(tensor)}\n"
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

    private TensorType TypeOf(StoredTensor tensor) => _asFloat32 && TensorConversion.IsReadable(tensor.Type) ? TensorType.F32 : tensor.Type;

    private string HashOf(StoredTensor tensor) => TypeOf(tensor) == TensorType.F32 ? tensor.HashAsFloat32() : tensor.Hash();

    private static bool IsAdapter(string name) => name.Contains("lora_", StringComparison.OrdinalIgnoreCase);

    private ClipStateDict Find(IEnumerable<Dictionary<string, StoredTensor>> places)
    {
        string? first = null;
        bool isAdapter = false;
        foreach (Dictionary<string, StoredTensor> tensors in places)
        {
            if (ClipStateDict.Find(_name, tensors) is { } found)
                return found;
            first ??= tensors.Keys.Order(StringComparer.Ordinal).FirstOrDefault();
            isAdapter |= tensors.Keys.Any(IsAdapter);
        }

        throw new InvalidDataException(
            $"{_name}: there is no CLIP in this checkpoint: no 'token_embedding.weight' with OpenAI's or transformers' name."
                + (
                    isAdapter ? " Its tensors are those of an adapter (LoRA): merge it into its base model and save that."
                    : first is null ? " It has no tensors at all."
                    : $" Its first tensor is '{first}'."
                )
        );
    }

    /// <summary>The tensors of a file, at every place where a CLIP may be.</summary>
    private IEnumerable<Dictionary<string, StoredTensor>> Places(string path)
    {
        if (IsSafetensors(path))
        {
            var file = SafetensorsFile.Open(path);
            _files.Add(file);
            yield return file.Names.ToDictionary(
                name => name,
                name => (StoredTensor)new SafetensorsTensor(file, file.Get(name)),
                StringComparer.Ordinal
            );
            yield break;
        }

        var checkpoint = PyTorchCheckpoint.Open(path);
        _files.Add(checkpoint);
        IsScript |= checkpoint.Format == PyTorchFormat.TorchScript;
        if (checkpoint.Root is not PyTorchObject root)
            yield break;
        RunName = root.TryGet<string>("name", out string? name) ? name : null;
        IEnumerable<object?> places = IsScript ? [] : Keys.Where(key => root.TryGet<PyTorchObject>(key, out _)).Select(key => root[key]);
        foreach (object? place in places.Append(root))
        {
            yield return checkpoint
                .TensorsBelow(place)
                .ToDictionary(tensor => tensor.Key, tensor => (StoredTensor)new PyTorchWeight(tensor.Value), StringComparer.Ordinal);
        }
    }

    // The header's length, then its JSON.
    private static bool IsSafetensors(string path)
    {
        if (!File.Exists(path))
            throw ForeignFile.Missing(path);
        if (Path.GetExtension(path) == ".safetensors")
            return true;
        Span<byte> start = stackalloc byte[sizeof(ulong) + 1];
        using FileStream file = RegularFile.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[^1] == (byte)'{';
    }

    private Dictionary<string, StoredTensor> Shards(JsonField index)
    {
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        var shards = new Dictionary<string, Dictionary<string, StoredTensor>>(StringComparer.Ordinal);
        foreach (JsonField entry in index.Field("weight_map").Fields())
        {
            string shard = entry.Text();
            if (Path.GetFileName(shard) != shard || shard is "." or "..")
                throw entry.Expected("the name of a file beside the index");
            if (!shards.TryGetValue(shard, out Dictionary<string, StoredTensor>? file))
            {
                string path = Path.Combine(Path.GetDirectoryName(_name) ?? "", shard);
                if (!ModelFolder.Has(path))
                {
                    throw new FileNotFoundException(
                        $"{_name}: the shard {Excerpt.Of(shard)}, which holds '{Excerpt.Of(entry.Name)}', is missing.",
                        path
                    );
                }
                file = shards[shard] = Places(path).Last();
                _anyFile = path;
            }
            if (!file.TryGetValue(entry.Name, out StoredTensor? tensor))
                throw index.Wrong($"tensor '{Excerpt.Of(entry.Name)}' is said to be in {Excerpt.Of(shard)}, but is not there.");
            if (!tensors.TryAdd(entry.Name, tensor))
                throw index.Wrong($"tensor '{Excerpt.Of(entry.Name)}' occurs twice in 'weight_map'.");
        }

        return tensors;
    }
}
