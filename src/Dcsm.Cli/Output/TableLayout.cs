using Dcsm.Reporting.Tables;
using Spectre.Console.Rendering;

namespace Dcsm.Cli.Output;

/// <summary>A table, or a part of one, with the width of each of its columns.</summary>
/// <remarks>
/// Where a table is wider than the screen, headers and a little of the text wrap, then what stands behind numbers is left out, then more of
/// the text wraps, then columns go on below. A number is never broken in two.
/// </remarks>
/// <param name="Table">The part.</param>
/// <param name="Widths">[columns] in cells of the screen, without frame and padding.</param>
internal sealed record TableLayout(Table Table, IReadOnlyList<int> Widths)
{
    // Text is not wrapped into less, as long as columns of numbers can go on below instead.
    private const int LeastText = 14;

    // A padding on each side of a column, and a frame that has one line more than there are columns.
    private const int Frame = 3;

    private int Width => Widths.Sum() + (Frame * Widths.Count) + 1;

    /// <summary>Lays a table out.</summary>
    /// <param name="table">The table.</param>
    /// <param name="screen">The screen's width in cells.</param>
    /// <returns>One layout, or several to be shown one below the other.</returns>
    public static IReadOnlyList<TableLayout> Fit(Table table, int screen)
    {
        TableLayout whole = new(table, [.. Enumerable.Range(0, table.Columns.Count).Select(c => Widest(table, c, wrapped: false))]);
        if (whole.Width <= screen)
            return [whole];
        // A little of its width text gives up before intervals go.
        IReadOnlyList<TableLayout> full = Folded(table, screen, width => Math.Max(LeastText, width * 2 / 3));
        return full is [{ Width: int only }] && only <= screen ? full : Folded(WithoutDetails(table, screen), screen, _ => LeastText);
    }

    /// <param name="table">The table.</param>
    /// <param name="screen">The screen's width in cells.</param>
    /// <param name="leastOf">The least width of a column of text, by the one that it would like to have.</param>
    private static List<TableLayout> Folded(Table table, int screen, Func<int, int> leastOf)
    {
        int[] widest = [.. Enumerable.Range(0, table.Columns.Count).Select(c => Widest(table, c, wrapped: true))];
        int keys = table.Columns.TakeWhile(column => !column.AlignRight).Count();
        int[] least =
        [
            .. widest.Select(
                (width, c) =>
                    table.Columns[c].AlignRight
                        ? width
                        : Math.Min(width, Math.Max(leastOf(width), Math.Min(LongestWord(table, c), screen / 3)))
            ),
        ];
        // Where not even one column of numbers has room beside the text, the text gets what is left.
        int largest = least.Skip(keys).DefaultIfEmpty(0).Max();
        for (int room = screen - largest - (Frame * (keys + 1)) - 1; least.Take(keys).Sum() > room && least.Take(keys).Any(w => w > 1); )
            least[Array.IndexOf(least, least.Take(keys).Max(), 0, keys)]--;

        List<TableLayout> layouts = [];
        for (int next = keys, first = 0; first == 0 || next < least.Length; first = next)
        {
            List<int> columns = [.. Enumerable.Range(0, keys)];
            int width = least.Take(keys).Sum() + (Frame * keys) + 1;
            for (; next < least.Length && (columns.Count == keys || width + least[next] + Frame <= screen); next++)
            {
                columns.Add(next);
                width += least[next] + Frame;
            }

            int[] widths = [.. columns.Select(c => least[c])];
            // Room that is left goes to the text that lacks most.
            for (; width < screen; width++)
            {
                int lacking = Enumerable.Range(0, widths.Length).MaxBy(i => widest[columns[i]] - widths[i]);
                if (widths[lacking] == widest[columns[lacking]])
                    break;
                widths[lacking]++;
            }

            layouts.Add(
                new TableLayout(
                    new Table(
                        layouts.Count == 0 ? table.Title : "",
                        [.. columns.Select(c => table.Columns[c])],
                        [.. table.Rows.Select(row => row with { Cells = [.. columns.Select(c => row.Cells[c])] })],
                        next < least.Length ? [] : table.Notes
                    ),
                    widths
                )
            );
        }

        return layouts;
    }

    private static Table WithoutDetails(Table table, int screen) =>
        table.Rows.All(row => row.Cells.All(cell => cell.Detail.Length == 0))
            ? table
            : table with
            {
                Rows = [.. table.Rows.Select(row => row with { Cells = [.. row.Cells.Select(cell => cell with { Detail = "" })] })],
                Notes = [.. table.Notes, $"What stands in brackets needs a screen of more than {screen} columns."],
            };

    /// <summary>Of what stands in a column: a path is better not broken.</summary>
    private static int LongestWord(Table table, int column) =>
        table.Rows.SelectMany(row => TableView.Plain(row.Cells[column]).Split(' ')).Select(Cells).DefaultIfEmpty(0).Max();

    private static int Cells(string text) => new Segment(text).CellCount();

    /// <summary>What a column takes; of a header over numbers its longest word, where it wraps.</summary>
    private static int Widest(Table table, int column, bool wrapped)
    {
        string header = table.Columns[column].Header;
        int widest = wrapped && table.Columns[column].AlignRight ? header.Split(' ').Max(Cells) : Cells(header);
        return table.Rows.Select(row => Cells(TableView.Plain(row.Cells[column]))).Append(widest).Max();
    }
}
