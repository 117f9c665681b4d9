using Dcsm.Reporting.Tables;
using Spectre.Console;
using SpectreTable = Spectre.Console.Table;
using Table = Dcsm.Reporting.Tables.Table;
using TableCell = Dcsm.Reporting.Tables.TableCell;
using TableColumn = Dcsm.Reporting.Tables.TableColumn;

namespace Dcsm.Cli.Output;

/// <summary>Shows a <see cref="Table"/>: drawn on a terminal, as plain columns elsewhere.</summary>
internal static class TableView
{
    public static void Show(Terminal terminal, Table table)
    {
        if (Console.IsOutputRedirected)
            Terminal.Result(TableRenderer.ToText(table).TrimEnd('\n'));
        else
            terminal.Result(Draw(table));
    }

    internal static SpectreTable Draw(Table table)
    {
        SpectreTable drawn = new SpectreTable().Border(TableBorder.Rounded);
        if (table.Title.Length > 0)
            drawn.Title(Markup.Escape(table.Title));
        foreach (TableColumn column in table.Columns)
            drawn.AddColumn(column.Header, c => c.Alignment(column.AlignRight ? Justify.Right : Justify.Left));
        for (int i = 0; i < table.Rows.Count; i++)
        {
            if (i > 0 && table.Rows[i].StartsGroup)
                drawn.AddEmptyRow();
            drawn.AddRow([.. table.Rows[i].Cells.Select(cell => new Markup(Text(cell)))]);
        }

        if (table.Notes.Count > 0)
            drawn.Caption(Markup.Escape(string.Join("\n", table.Notes)));
        return drawn;
    }

    private static string Text(TableCell cell)
    {
        string text = Markup.Escape(cell.Text);
        if (cell.Strong && text.Length > 0)
            text = $"[bold]{text}[/]";
        return cell.Detail.Length > 0 ? $"{text} [dim]{Markup.Escape(cell.Detail)}[/]" : text;
    }
}
