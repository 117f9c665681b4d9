using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Files;
using TorchSharp;

namespace Dcsm.Benchmarks.Compare;

/// <summary>The comparison's result, as a table and as JSON.</summary>
internal sealed record Report(
    IReadOnlyList<Row> Rows,
    MachineInfo Machine,
    MachineInfo After,
    Limits? Limits,
    string? Python,
    int Runs,
    TimeSpan Elapsed
)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Line(Row row) =>
        $"{row.Work} against {row.Against}: {Number(row.Ours.Median)} to {Number(row.Peer.Median)} {row.Unit}, "
        + $"{(row.AtMost ? "worse by" : "ratio")} {Number(row.Ratio)}"
        + (row.Goal is { } goal ? $", goal {Goal(row, goal)}: {row.Reached}" : "");

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("| work | against | ours | peer | unit | ratio | goal | reached |");
        text.AppendLine("|---|---|---:|---:|---|---:|---:|---|");
        foreach (Row row in Rows)
        {
            string[] cells =
            [
                row.Work + (row.Note.Length > 0 ? $" ({row.Note})" : ""),
                row.Against,
                Number(row.Ours.Median),
                Number(row.Peer.Median),
                row.Unit,
                Number(row.Ratio),
                row.Goal is { } goal ? Goal(row, goal) : "–",
                row.Reached,
            ];
            text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
        }

        text.AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Medians of {Runs} alternating runs. {Environment()} {Elapsed.TotalSeconds:0} s in all."
        );
        return text.ToString();
    }

    public void WriteMarkdown(string path) => AtomicFile.Write(path, ToMarkdown());

    public void WriteJson(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(ToJson(), Indented));

    private JsonObject ToJson() =>
        new()
        {
            ["rows"] = new JsonArray([
                .. Rows.Select(row =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["work"] = row.Work,
                            ["ratio"] = row.Ratio,
                            ["goal"] = row.Goal,
                            ["ours"] = row.Ours.Median,
                            ["peer"] = row.Peer.Median,
                            ["unit"] = row.Unit,
                            ["against"] = row.Against,
                            ["atMost"] = row.AtMost,
                            ["reached"] = row.Goal is null ? null : row.Reached == "yes",
                            ["oursLeast"] = row.Ours.Least,
                            ["oursGreatest"] = row.Ours.Greatest,
                            ["peerLeast"] = row.Peer.Least,
                            ["peerGreatest"] = row.Peer.Greatest,
                            ["note"] = row.Note,
                        }
                ),
            ]),
            ["runs"] = Runs,
            ["seconds"] = Elapsed.TotalSeconds,
            ["cpu"] = Machine.Cpu,
            ["threads"] = Machine.Threads,
            ["system"] = Machine.System,
            ["dotnet"] = Machine.Runtime,
            ["torchSharp"] = Version(typeof(torch)),
            ["libtorch"] = torch.__version__,
            ["onnxRuntime"] = Version(typeof(Microsoft.ML.OnnxRuntime.InferenceSession)),
            ["python"] = Python,
            ["loadBefore"] = Machine.Load,
            ["loadAfter"] = After.Load,
            ["matmulGflops"] = Limits?.MatmulGflops.Median,
            ["ownGemmGflops"] = Limits?.OwnGflops.Median,
            ["memoryGigabytesASecond"] = Limits?.GigabytesASecond.Median,
        };

    private string Environment()
    {
        string[] software =
        [
            Machine.Runtime,
            $"libtorch {torch.__version__} (TorchSharp {Version(typeof(torch))})",
            $"ONNX Runtime {Version(typeof(Microsoft.ML.OnnxRuntime.InferenceSession))}",
            .. Python is null ? [] : new[] { Python },
        ];
        string text =
            FormattableString.Invariant($"{Machine.Cpu}, {Machine.Threads} threads, {string.Join(", ", software)}; ")
            + FormattableString.Invariant($"load {Machine.Load:0.0} before and {After.Load:0.0} after.");
        if (Limits is null)
            return text;
        return text
            + FormattableString.Invariant($" Matmul of 2048³ {Limits.MatmulGflops.Median:0} GFLOPS, ")
            + FormattableString.Invariant($"our kernel {Limits.OwnGflops.Median:0}, memory {Limits.GigabytesASecond.Median:0} GB/s.");
    }

    private static string Version(Type type) => type.Assembly.GetName().Version!.ToString(3);

    private static string Goal(Row row, double goal) => (row.AtMost ? "at most " : "") + Number(goal);

    private static string Number(double value) =>
        value.ToString(
            Math.Abs(value) switch
            {
                >= 1000 => "#,0",
                >= 100 => "0",
                >= 10 => "0.0",
                _ => "0.00",
            },
            CultureInfo.InvariantCulture
        );
}
