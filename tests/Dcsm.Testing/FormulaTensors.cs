using System.Text;
using Dcsm.Head;
using Dcsm.IO.Json;
using Dcsm.IO.Safetensors;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Testing;

/// <summary>
/// Weights that are computed instead of stored, so that full-size models need no download: FNV-1a of a tensor's name, SplitMix64 of a
/// value's place, as the goldens' README defines it.
/// </summary>
public sealed class FormulaTensors
{
    private const int Chunk = 1 << 20;

    private readonly Dictionary<string, (int[] Shape, double Scale, double Offset)> _tensors = new(StringComparer.Ordinal);
    private readonly string _prefix;
    private readonly string _path;

    private FormulaTensors(string path, string prefix) => (_path, _prefix) = (path, prefix);

    /// <summary>The tensors' names.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Reads a formula file: <c>prefix</c>, <c>tensors</c> with <c>name</c>, <c>shape</c>, <c>scale</c>, <c>offset</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a file; the message names it.</exception>
    public static FormulaTensors Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file.", path);
        var root = JsonField.Load(path);
        var formula = new FormulaTensors(path, root.Optional("prefix")?.String() ?? "");
        foreach (JsonField tensor in root.Field("tensors").List())
        {
            formula._tensors.Add(
                tensor.Field("name").Text(),
                (
                    [.. tensor.Field("shape").List().Select(size => size.Whole(0))],
                    tensor.Field("scale").Number(),
                    tensor.Field("offset").Number()
                )
            );
        }

        return formula;
    }

    /// <summary>A tensor's shape.</summary>
    /// <exception cref="InvalidDataException">The file has no such tensor.</exception>
    public IReadOnlyList<int> Shape(string name) => Find(name).Shape;

    /// <summary>A tensor's values, row-major.</summary>
    /// <exception cref="InvalidDataException">The file has no such tensor.</exception>
    public float[] Values(string name)
    {
        (int[]? shape, double scale, double offset) = Find(name);
        return Values(_prefix + name, shape.Aggregate(1, (product, size) => checked(product * size)), scale, offset);
    }

    /// <summary>The values of a name, uniform over <paramref name="offset"/> ± <paramref name="scale"/> / 2.</summary>
    /// <param name="name">The tensor's name, with its prefix.</param>
    /// <param name="count">How many values.</param>
    /// <param name="scale">Width of the interval.</param>
    /// <param name="offset">Its middle.</param>
    public static float[] Values(string name, int count, double scale, double offset)
    {
        float[] values = new float[count];
        ulong hash = Fnv1a(name);
        Parallel.For(
            0,
            (count + Chunk - 1) / Chunk,
            chunk =>
            {
                int end = Math.Min(count, (chunk + 1) * Chunk);
                for (int i = chunk * Chunk; i < end; i++)
                    values[i] = (float)(((SplitMix64.Hash(hash + (ulong)i) >> 40) / 16777216.0 - 0.5) * scale + offset);
            }
        );
        return values;
    }

    /// <summary>Writes all tensors to a safetensors file.</summary>
    public void Write(string path) =>
        SafetensorsWriter.Write(
            path,
            _tensors.ToDictionary(tensor => tensor.Key, tensor => (tensor.Value.Shape, Values(tensor.Key)), StringComparer.Ordinal)
        );

    /// <summary>The official head's weights, under the names of its state dict, with functional rows beside them.</summary>
    /// <param name="functionalRows">[words, image tokens].</param>
    /// <exception cref="InvalidDataException">A tensor of the head is missing.</exception>
    public DcsmHeadWeights Head(float[] functionalRows) =>
        new()
        {
            Conv1Weight = Values("conv1.weight"),
            Conv1Bias = Values("conv1.bias"),
            Conv2Weight = Values("conv2.weight"),
            Conv2Bias = Values("conv2.bias"),
            Fc1Weight = Values("fc1.weight"),
            Fc1Bias = Values("fc1.bias"),
            Fc2Weight = Values("fc2.weight"),
            Fc2Bias = Values("fc2.bias"),
            FunctionalRows = functionalRows,
        };

    private (int[] Shape, double Scale, double Offset) Find(string name) =>
        _tensors.TryGetValue(name, out (int[] Shape, double Scale, double Offset) tensor)
            ? tensor
            : throw new InvalidDataException($"{_path}: has no tensor '{name}'.");

    private static ulong Fnv1a(string name)
    {
        ulong hash = 0xcbf29ce484222325UL;
        foreach (byte value in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ value) * 0x100000001b3UL;
        return hash;
    }
}
