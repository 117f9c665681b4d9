using Dcsm.Reporting.Tables;
using Spectre.Console;
using SpectreTable = Spectre.Console.Table;
using Table = Dcsm.Reporting.Tables.Table;
using TableCell = Dcsm.Reporting.Tables.TableCell;

namespace Dcsm.Cli.Output;

/// <summary>Shows a <see cref="Table"/>: drawn on a terminal, as plain columns elsewhere.</summary>
internal static class TableView
{
    public static void Show(Terminal terminal, Table table)
    {
        if (Console.IsOutputRedirected)
        {
            Terminal.Result(TableRenderer.ToText(table).TrimEnd('\n'));
            return;
        }

        Draw(terminal.Results, table);
    }

    /// <summary>What a cell says, in one line.</summary>
    public static string Plain(TableCell cell) => Terminal.Escape(cell.Detail.Length > 0 ? $"{cell.Text} ({cell.Detail})" : cell.Text);

    internal static void Draw(IAnsiConsole console, Table table)
    {
        IReadOnlyList<TableLayout> layouts = TableLayout.Fit(table, console.Profile.Width);
        foreach (TableLayout layout in layouts)
            console.Write(Draw(layout));
        foreach (string note in layouts[^1].Table.Notes)
            console.MarkupLine($"[dim]{Markup.Escape(Terminal.Escape(note))}[/]");
    }

    private static SpectreTable Draw(TableLayout layout)
    {
        Table table = layout.Table;
        SpectreTable drawn = new SpectreTable().Border(TableBorder.Rounded);
        if (table.Title.Length > 0)
            drawn.Title(Markup.Escape(Terminal.Escape(table.Title)));
        for (int i = 0; i < table.Columns.Count; i++)
        {
            drawn.AddColumn(
                Markup.Escape(Terminal.Escape(table.Columns[i].Header)),
                column =>
                {
                    column.Alignment(table.Columns[i].AlignRight ? Justify.Right : Justify.Left);
                    column.Width = layout.Widths[i];
                }
            );
        }

        for (int i = 0; i < table.Rows.Count; i++)
        {
            if (i > 0 && table.Rows[i].StartsGroup)
                drawn.AddEmptyRow();
            drawn.AddRow([.. table.Rows[i].Cells.Select(cell => new Markup(Text(cell)))]);
        }

        return drawn;
    }

    private static string Text(TableCell cell)
    {
        string text = Markup.Escape(Terminal.Escape(cell.Text));
        if (cell.Strong && text.Length > 0)
            text = $"[bold]{text}[/]";
        return cell.Detail.Length > 0 ? $"{text} [dim]({Markup.Escape(Terminal.Escape(cell.Detail))})[/]" : text;
    }
}
