using System.Globalization;
using System.Text.Json;
using Dcsm.IO.Safetensors;
using Dcsm.Training.Torch;

namespace Dcsm.Training.Pretraining;

/// <summary>Weights, moments and step of a pre-training run in one safetensors file, written beside and renamed.</summary>
internal static class ClipPretrainingCheckpoint
{
    private const string FileName = "checkpoint.safetensors";

    public static void Save(string directory, AdamW adam, ClipPretrainingOptions options, string data)
    {
        SafetensorsWriter.Write(
            Path.Combine(directory, FileName),
            adam.Save(),
            new Dictionary<string, string>
            {
                ["step"] = adam.Step.ToString(CultureInfo.InvariantCulture),
                ["options"] = Describe(options),
                ["data"] = data,
            }
        );
    }

    /// <summary>Goes back to the saved step, if the directory holds one.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is of a run with other options, or on other data.</exception>
    public static void TryRestore(string directory, AdamW adam, ClipPretrainingOptions options, string data)
    {
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return;
        using var file = SafetensorsFile.Open(path);
        var saved = new SavedRun(file);
        Check("options", "with other options", Describe(options));
        Check("data", "on other data", data);

        adam.Step = saved.Count("step", saved.Text("step"));
        adam.Restore(saved);

        void Check(string entry, string what, string wanted)
        {
            string given = saved.Has(entry) ? saved.Text(entry) : "";
            if (given != wanted)
            {
                throw new InvalidDataException(
                    $"{path}: this run was started {what} ({given}); give the same ones to go on, or another --out"
                );
            }
        }
    }

    /// <summary>The options that decide what the run computes; how often it looks up from work is not among them.</summary>
    public static string Describe(ClipPretrainingOptions options) =>
        JsonSerializer.Serialize(options with { EvaluateEvery = 0, CheckpointEvery = default });
}
