using System.Text;
using System.Text.Json.Nodes;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Training.Torch;

/// <summary>The lines of <c>metrics.jsonl</c>, each with the run that it is of.</summary>
internal sealed class TrainingLog : IDisposable
{
    public const string FileName = "metrics.jsonl";
    private readonly StreamWriter _writer;
    private readonly string _run;

    /// <summary>
    /// Opens the file and takes out what a run that was killed wrote after its last checkpoint, and what is of other runs.
    /// </summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="step">The step of the checkpoint.</param>
    /// <param name="run">What decides what the run ends with: options and data.</param>
    public TrainingLog(string directory, int step, JsonObject run)
    {
        _run = Sha256Digest.Of(run.ToJsonString())["sha256:".Length..][..16];
        string path = Path.Combine(directory, FileName);
        if (File.Exists(path))
        {
            string[] lines = File.ReadAllLines(path),
                kept = [.. lines.Where(line => IsKept(line, path, step))];
            if (kept.Length < lines.Length)
                AtomicFile.Write(path, string.Concat(kept.Select(line => line + "\n")));
        }
        _writer = new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Writes a line, which tells its step.</summary>
    public void Write(JsonObject line)
    {
        line.Insert(0, "run", _run);
        _writer.WriteLine(line.ToJsonString());
    }

    public void Dispose() => _writer.Dispose();

    // Lines of earlier versions tell no run; what is no line of ours is torn.
    private bool IsKept(string line, string path, int step)
    {
        try
        {
            var entry = JsonField.Parse(Encoding.UTF8.GetBytes(line), path);
            return (entry.Optional("run")?.String() ?? _run) == _run && entry.Field("step").Whole(0) <= step;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
