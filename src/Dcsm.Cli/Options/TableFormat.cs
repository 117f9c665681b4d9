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
                Console.Out.Write(TableRenderer.ToMarkdown(table));
                break;
            case "latex":
                Console.Out.Write(TableRenderer.ToLatex(table));
                break;
            case "csv":
                Console.Out.Write(TableRenderer.ToCsv(table));
                break;
            default:
                TableView.Show(terminal, table);
                break;
        }
    }
}
