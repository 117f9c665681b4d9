using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.IO.Files;
using Dcsm.IO.Safetensors;
using Dcsm.Training.Torch;

namespace Dcsm.Training.Heads;

/// <summary>Weights, Adam's moments, step and time of a run in one safetensors file, written beside and renamed.</summary>
internal sealed class HeadTrainingCheckpoint(
    string directory,
    JsonObject run,
    TorchHead head,
    AdamW adam,
    HeadSelection selection,
    HeadTrainingWindow window
)
{
    public const string FileName = "checkpoint.safetensors";

    // A hundred years.
    private const double MostSeconds = 3.2e9;

    /// <summary>The step of the file that lies there; null where there is none.</summary>
    public int? SavedStep { get; private set; }

    // Everything else of a step is a function of the seed and its number: nothing more has to be kept.
    public void Save(TimeSpan elapsed)
    {
        Dictionary<string, (int[] Shape, float[] Values)> tensors = adam.Save();
        foreach ((string name, (int[] Shape, float[] Values) best) in selection.Weights)
            tensors["best." + name] = best;
        SafetensorsWriter.Write(
            Path.Combine(directory, FileName),
            tensors,
            new Dictionary<string, string>
            {
                ["step"] = adam.Step.ToString(CultureInfo.InvariantCulture),
                ["seconds"] = elapsed.TotalSeconds.ToString("R", CultureInfo.InvariantCulture),
                ["run"] = run.ToJsonString(),
                ["selection"] = selection.Save(),
                ["window"] = window.Save(),
            }
        );
        SavedStep = adam.Step;
    }

    /// <summary>Goes back to the saved step, if the directory holds one.</summary>
    /// <returns>The time spent until then.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is of another run.</exception>
    public TimeSpan Restore()
    {
        string path = Path.Combine(directory, FileName);
        AtomicFile.RemoveTorn(path);
        if (!File.Exists(path))
            return TimeSpan.Zero;
        using var file = SafetensorsFile.Open(path);
        var saved = new SavedRun(file);
        if (!saved.Has("run") || !saved.Has("step") || !saved.Has("seconds"))
            throw new InvalidDataException($"{path}: not a checkpoint of a head's training; name another folder");
        if (Difference(saved.Json("run").ToNode(), run) is { } difference)
        {
            throw new InvalidDataException(
                $"{path}: this run was started with other settings ({difference}); give the same ones to go on, or another folder to "
                    + "start anew"
            );
        }

        adam.Restore(saved);
        adam.Step = saved.Count("step", saved.Text("step"));
        SavedStep = adam.Step;
        if (saved.Has("selection"))
            selection.Restore(saved.Json("selection"), Best(saved));
        if (saved.Has("window"))
            window.Restore(saved);
        double seconds = saved.Number("seconds", saved.Text("seconds"));
        return seconds is >= 0 and < MostSeconds ? TimeSpan.FromSeconds(seconds) : throw saved.Wrong("seconds", "is no time");
    }

    private Dictionary<string, (int[] Shape, float[] Values)> Best(SavedRun saved) =>
        head
            .Parameters.Where(parameter => saved.HasTensor("best." + parameter.Key))
            .ToDictionary(
                parameter => parameter.Key,
                parameter =>
                    (
                        Array.ConvertAll(parameter.Value.shape, size => (int)size),
                        saved.Tensor("best." + parameter.Key, parameter.Value.shape)
                    ),
                StringComparer.Ordinal
            );

    /// <summary>The first setting that differs, for the message.</summary>
    internal static string? Difference(JsonNode? saved, JsonNode? given, string name = "run")
    {
        if (JsonNode.DeepEquals(saved, given))
            return null;
        if (saved is JsonObject a && given is JsonObject b)
        {
            return a.Select(p => p.Key)
                .Union(b.Select(p => p.Key))
                .Select(key => Difference(a[key], b[key], key))
                .First(difference => difference is not null);
        }

        return saved is JsonArray && given is JsonArray
            ? $"another list of {name}"
            : $"{name} was {saved?.ToJsonString() ?? "not given"} and is {given?.ToJsonString() ?? "not given"}";
    }
}
