using System.Globalization;
using System.Text.Json;
using Dcsm.IO.Safetensors;
using Dcsm.Training.Torch;
using static TorchSharp.torch;

namespace Dcsm.Training.Pretraining;

/// <summary>Weights, moments and step of a pre-training run in one safetensors file, written beside and renamed.</summary>
internal static class ClipPretrainingCheckpoint
{
    private const string FileName = "checkpoint.safetensors";

    public static void Save(string directory, TorchClip clip, AdamW adam, ClipPretrainingOptions options)
    {
        var tensors = new Dictionary<string, (int[] Shape, float[] Values)>(StringComparer.Ordinal);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in clip.Parameters)
        {
            tensors[name] = Values(parameter);
            tensors["adam.first." + name] = Values(adam.First[name]);
            tensors["adam.second." + name] = Values(adam.Second[name]);
        }
        SafetensorsWriter.Write(
            Path.Combine(directory, FileName),
            tensors,
            new Dictionary<string, string> { ["step"] = adam.Step.ToString(CultureInfo.InvariantCulture), ["options"] = Describe(options) }
        );
    }

    /// <summary>Goes back to the saved step, if the directory holds one.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is of a run with other options.</exception>
    public static void TryRestore(string directory, TorchClip clip, AdamW adam, ClipPretrainingOptions options)
    {
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return;
        using var file = SafetensorsFile.Open(path);
        string saved = file.Metadata.GetValueOrDefault("options", "");
        if (saved != Describe(options))
        {
            throw new InvalidDataException(
                $"{path}: this run was started with other options ({saved}); give the same ones to go on, or another --out"
            );
        }

        adam.Step = int.Parse(file.Metadata["step"], CultureInfo.InvariantCulture);
        using IDisposable noGradient = no_grad();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in clip.Parameters)
        {
            Restore(parameter, file.ReadFloat32(name));
            Restore(adam.First[name], file.ReadFloat32("adam.first." + name));
            Restore(adam.Second[name], file.ReadFloat32("adam.second." + name));
        }
    }

    public static (int[] Shape, float[] Values) Values(Tensor tensor)
    {
        using Tensor plain = tensor.detach().cpu().contiguous();
        return ([.. plain.shape.Select(s => (int)s)], [.. plain.data<float>()]);
    }

    private static void Restore(Tensor target, float[] values)
    {
        using Tensor saved = tensor(values, target.shape);
        target.copy_(saved);
    }

    /// <summary>The options that decide what the run computes; how often it looks up from work is not among them.</summary>
    private static string Describe(ClipPretrainingOptions options) =>
        JsonSerializer.Serialize(options with { EvaluateEvery = 0, CheckpointEvery = default });
}
