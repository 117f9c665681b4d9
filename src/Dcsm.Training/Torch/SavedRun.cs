using System.Globalization;
using System.Text;
using Dcsm.IO.Json;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Training.Torch;

/// <summary>What a training's checkpoint holds, checked as it is read; errors name the file and what is wrong in it.</summary>
internal sealed class SavedRun(SafetensorsFile file)
{
    /// <summary>Whether there is an entry of the metadata.</summary>
    public bool Has(string name) => file.Metadata.ContainsKey(name);

    public bool HasTensor(string name) => file.Names.Contains(name);

    /// <summary>An entry of the metadata.</summary>
    public string Text(string name) => file.Metadata.TryGetValue(name, out string? value) ? value : throw Wrong(name, "is missing");

    /// <summary>A number that is all or part of an entry.</summary>
    public double Number(string name, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw Wrong(name, $"is no number: '{text}'");

    /// <summary>As above, a whole number from 0.</summary>
    public int Count(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Wrong(name, $"is no whole number from 0: '{text}'");

    public JsonField Json(string name) => JsonField.Parse(Encoding.UTF8.GetBytes(Text(name)), $"{file.Path}, {name}");

    public InvalidDataException Wrong(string name, string what) => new($"{file.Path}: {name} {what}; the checkpoint is damaged");

    /// <summary>The numbers of a tensor, which has to be of a shape.</summary>
    public float[] Tensor(string name, IReadOnlyList<long> shape)
    {
        TensorInfo info = file.Get(name);
        if (!info.Shape.Select(size => (long)size).SequenceEqual(shape))
        {
            throw Wrong(
                $"tensor '{name}'",
                $"is of shape [{string.Join(", ", info.Shape)}], and this run's of [{string.Join(", ", shape)}]"
            );
        }

        return file.ReadFloat32(name);
    }
}
