using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Files;

namespace Dcsm.Training.Heads;

/// <summary>The lines of <c>metrics.jsonl</c>.</summary>
internal sealed class HeadTrainingLog : IDisposable
{
    public const string FileName = "metrics.jsonl";
    private readonly StreamWriter _writer;

    /// <summary>Opens the file and cuts off what a run that was killed wrote after its last checkpoint.</summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="step">The step of the checkpoint.</param>
    public HeadTrainingLog(string directory, int step)
    {
        string path = Path.Combine(directory, FileName);
        if (File.Exists(path))
        {
            string[] lines = File.ReadAllLines(path),
                kept = [.. lines.TakeWhile(line => StepOf(line) <= step)];
            if (kept.Length < lines.Length)
                AtomicFile.Write(path, string.Concat(kept.Select(line => line + "\n")));
        }
        _writer = new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };
    }

    public void Write(HeadTrainingProgress progress)
    {
        var line = new JsonObject
        {
            ["step"] = progress.Step,
            ["epoch"] = Math.Round(progress.Epoch, 4),
            ["loss"] = progress.Loss,
            ["accuracy"] = progress.Accuracy,
            ["learningRate"] = progress.LearningRate,
            ["samplesPerSecond"] = Math.Round(progress.SamplesPerSecond, 1),
            ["encoded"] = progress.Encoded,
            ["seconds"] = Math.Round(progress.Elapsed.TotalSeconds, 2),
        };
        if (progress.Validation is { } validation)
        {
            line["validation"] = JsonSerializer.SerializeToNode(validation);
            line["best"] = progress.Best;
        }
        _writer.WriteLine(line.ToJsonString());
    }

    public void Dispose() => _writer.Dispose();

    // A torn last line counts as one after the checkpoint.
    private static int StepOf(string line)
    {
        try
        {
            return JsonNode.Parse(line)?["step"]?.GetValue<int>() ?? int.MaxValue;
        }
        catch (JsonException)
        {
            return int.MaxValue;
        }
    }
}
