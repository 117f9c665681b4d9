using System.CommandLine;
using Dcsm.Cli.Output;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Options;

/// <summary>How tables of results are printed.</summary>
internal static class TableFormat
{
    private const string Default = "table";

    public static Option<string> Option()
    {
        Option<string> format = new("--format") { Description = "How the table is printed.", DefaultValueFactory = _ => Default };
        format.OneOf(Default, "markdown", "latex", "csv");
        return format;
    }

    public static void Show(Terminal terminal, Table table, string format)
    {
        switch (format)
        {
            case "markdown":
                Terminal.Result(TableRenderer.ToMarkdown(table).TrimEnd('\n'));
                break;
            case "latex":
                Terminal.Result(TableRenderer.ToLatex(table).TrimEnd('\n'));
                break;
            case "csv":
                Terminal.Result(TableRenderer.ToCsv(table, terminal.CsvRaw).TrimEnd('\n'));
                break;
            default:
                TableView.Show(terminal, table);
                break;
        }
    }
}
