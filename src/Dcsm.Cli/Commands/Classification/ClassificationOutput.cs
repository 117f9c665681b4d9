using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Classification;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands.Classification;

/// <summary>Writes and shows what <c>eval zeroshot</c> and <c>probe</c> found.</summary>
internal static class ClassificationOutput
{
    public static void Report(ClassificationResult result, string? directory, string format, Terminal terminal)
    {
        var table = result.ToTable();
        if (directory is not null)
        {
            Directory.CreateDirectory(directory);
            result.WriteJson(Path.Combine(directory, "results.json"));
            result.WriteItems(Path.Combine(directory, "items.csv"), terminal.CsvRaw);
            result.WriteConfusion(Path.Combine(directory, "confusion.csv"), terminal.CsvRaw);
            Table[] tables = [table, result.ToConfusionTable()];
            AtomicFile.Write(Path.Combine(directory, "table.md"), string.Join('\n', tables.Select(TableRenderer.ToMarkdown)));
            AtomicFile.Write(Path.Combine(directory, "table.tex"), string.Join('\n', tables.Select(TableRenderer.ToLatex)));
            new ClassificationReport { Result = result }.Write(Path.Combine(directory, "report.html"));
            terminal.Remark($"results.json, items.csv, confusion.csv, table.md, table.tex and report.html are in {directory}");
        }

        if (terminal.Json)
            Terminal.Result(result.ToJson().TrimEnd('\n'));
        else
            TableFormat.Show(terminal, table, format);
    }
}
