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
        if (directory is not null)
            Write(result, directory, terminal);
        Show(result, format, terminal);
    }

    public static void Write(ClassificationResult result, string directory, Terminal terminal)
    {
        Directory.CreateDirectory(directory);
        result.WriteJson(Path.Combine(directory, "results.json"));
        result.WriteItems(Path.Combine(directory, "items.csv"), terminal.CsvRaw);
        result.WriteConfusion(Path.Combine(directory, "confusion.csv"), terminal.CsvRaw);
        Table[] tables = [result.ToTable(), result.ToConfusionTable()];
        AtomicFile.Write(Path.Combine(directory, "table.md"), string.Join('\n', tables.Select(TableRenderer.ToMarkdown)));
        AtomicFile.Write(Path.Combine(directory, "table.tex"), string.Join('\n', tables.Select(TableRenderer.ToLatex)));
        new ClassificationReport { Result = result }.Write(Path.Combine(directory, "report.html"));
        terminal.Remark($"results.json, items.csv, confusion.csv, table.md, table.tex and report.html are in {directory}");
    }

    public static void Show(ClassificationResult result, string format, Terminal terminal)
    {
        if (terminal.Json)
            Terminal.Result(result.ToJson().TrimEnd('\n'));
        else
            TableFormat.Show(terminal, result.ToTable(), format);
    }
}
