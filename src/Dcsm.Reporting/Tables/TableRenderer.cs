using System.Globalization;
using System.Text;
using Dcsm.IO.Csv;

namespace Dcsm.Reporting.Tables;

/// <summary>Writes a <see cref="Table"/> as Markdown, LaTeX, plain text or CSV. Lines end in a line feed.</summary>
public static class TableRenderer
{
    /// <summary>GitHub's Markdown: a bold title, a pipe table, notes below.</summary>
    public static string ToMarkdown(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.Check();
        StringBuilder text = new();
        if (table.Title.Length > 0)
            text.Append("**").Append(EscapeMarkdown(table.Title)).Append("**\n\n");
        text.Append('|');
        foreach (TableColumn column in table.Columns)
            text.Append(' ').Append(EscapeMarkdown(column.Header)).Append(" |");
        text.Append("\n|");
        foreach (TableColumn column in table.Columns)
            text.Append(column.AlignRight ? " ---: |" : " --- |");
        text.Append('\n');
        foreach (TableRow row in table.Rows)
        {
            text.Append('|');
            foreach (TableCell cell in row.Cells)
            {
                string body = EscapeMarkdown(cell.Text);
                text.Append(' ').Append(cell.Strong && body.Length > 0 ? $"**{body}**" : body);
                if (cell.Detail.Length > 0)
                    text.Append(" (").Append(EscapeMarkdown(cell.Detail)).Append(')');
                text.Append(" |");
            }

            text.Append('\n');
        }

        foreach (string note in table.Notes)
            text.Append('\n').Append(EscapeMarkdown(note)).Append('\n');
        return text.ToString();
    }

    /// <summary>A LaTeX <c>table</c> with booktabs rules (<c>\usepackage{booktabs}</c>).</summary>
    public static string ToLatex(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.Check();
        StringBuilder text = new("\\begin{table}\n\\centering\n");
        if (table.Title.Length > 0)
            text.Append("\\caption{").Append(EscapeLatex(table.Title)).Append("}\n");
        text.Append("\\begin{tabular}{");
        foreach (TableColumn column in table.Columns)
            text.Append(column.AlignRight ? 'r' : 'l');
        text.Append("}\n\\toprule\n").AppendJoin(" & ", table.Columns.Select(c => EscapeLatex(c.Header))).Append(" \\\\\n\\midrule\n");
        for (int i = 0; i < table.Rows.Count; i++)
        {
            if (i > 0 && table.Rows[i].StartsGroup)
                text.Append("\\midrule\n");
            text.AppendJoin(
                    " & ",
                    table
                        .Rows[i]
                        .Cells.Select(cell =>
                        {
                            string body = EscapeLatex(cell.Text);
                            if (cell.Strong && body.Length > 0)
                                body = $"\\textbf{{{body}}}";
                            return cell.Detail.Length > 0 ? $"{body} {{\\scriptsize ({EscapeLatex(cell.Detail)})}}" : body;
                        })
                )
                .Append(" \\\\\n");
        }

        text.Append("\\bottomrule\n\\end{tabular}\n");
        foreach (string note in table.Notes)
            text.Append("\\par\\smallskip{\\footnotesize ").Append(EscapeLatex(note)).Append("}\n");
        return text.Append("\\end{table}\n").ToString();
    }

    /// <summary>Columns of even width for a terminal or a log.</summary>
    public static string ToText(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.Check();
        int columns = table.Columns.Count;
        string[] headers = [.. table.Columns.Select(c => OneLine(c.Header))];
        string[][] cells =
        [
            .. table.Rows.Select(row =>
                row.Cells.Select(cell => OneLine(cell.Detail.Length > 0 ? $"{cell.Text} ({cell.Detail})" : cell.Text)).ToArray()
            ),
        ];
        int[] widths = new int[columns];
        for (int c = 0; c < columns; c++)
        {
            widths[c] = Width(headers[c]);
            foreach (string[] row in cells)
                widths[c] = Math.Max(widths[c], Width(row[c]));
        }

        StringBuilder text = new();
        if (table.Title.Length > 0)
            text.Append(OneLine(table.Title)).Append('\n');
        AppendLine(headers);
        string rule = string.Join("  ", widths.Select(width => new string('─', width)));
        text.Append(rule).Append('\n');
        for (int r = 0; r < cells.Length; r++)
        {
            if (r > 0 && table.Rows[r].StartsGroup)
                text.Append(rule).Append('\n');
            AppendLine(cells[r]);
        }

        foreach (string note in table.Notes)
            text.Append(OneLine(note)).Append('\n');
        return text.ToString();

        void AppendLine(string[] row)
        {
            StringBuilder line = new();
            for (int c = 0; c < columns; c++)
            {
                if (c > 0)
                    line.Append("  ");
                string padding = new(' ', widths[c] - Width(row[c]));
                line.Append(table.Columns[c].AlignRight ? padding + row[c] : row[c] + padding);
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    /// <summary>
    /// Comma-separated values (RFC 4180), to be computed with: columns at the right are plain numbers, unrounded and nothing where there is
    /// none, and those with intervals are three, the second and third with "low" and "high" in their headers. Title and notes are left out.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="raw">Whether texts that a spreadsheet would compute are written as they are (<see cref="CsvTable.Write"/>).</param>
    public static string ToCsv(Table table, bool raw = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.Check();
        using var text = new MemoryStream();
        CsvTable.Write(
            text,
            table
                .Rows.Select(row => Enumerable.Range(0, row.Cells.Count).SelectMany(c => Fields(row.Cells[c], c)))
                .Prepend(Enumerable.Range(0, table.Columns.Count).SelectMany(Headers)),
            raw
        );
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);

        bool HasIntervals(int column) => table.Rows.Any(row => row.Cells[column].Interval is not null);

        IEnumerable<string> Headers(int column)
        {
            string header = table.Columns[column].Header;
            return HasIntervals(column) ? [header, $"{header} low", $"{header} high"] : [header];
        }

        IEnumerable<string> Fields(TableCell cell, int column)
        {
            string value = !table.Columns[column].AlignRight
                ? cell.Detail.Length > 0
                    ? $"{cell.Text} ({cell.Detail})"
                    : cell.Text
                : cell.Number is { } number
                    ? Plain(number)
                    : cell.Text == "–"
                        ? ""
                        : cell.Text;
            return HasIntervals(column)
                ? [value, Plain(cell.Interval?.Low ?? double.NaN), Plain(cell.Interval?.High ?? double.NaN)]
                : [value];
        }

        static string Plain(double number) => double.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture);
    }

    private static int Width(string text) => new StringInfo(text).LengthInTextElements;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string EscapeMarkdown(string text)
    {
        text = OneLine(text);
        StringBuilder escaped = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            // GitHub reads no emphasis from an underscore within a word, and coco_spatial1 is nicer to read unescaped.
            bool withinWord = i > 0 && i + 1 < text.Length && char.IsLetterOrDigit(text[i - 1]) && char.IsLetterOrDigit(text[i + 1]);
            if (c is '\\' or '|' or '*' or '`' or '[' or ']' || (c == '_' && !withinWord))
                escaped.Append('\\');
            escaped.Append(
                c switch
                {
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '&' => "&amp;",
                    _ => c.ToString(),
                }
            );
        }

        return escaped.ToString();
    }

    private static string EscapeLatex(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char c in OneLine(text))
        {
            escaped.Append(
                c switch
                {
                    '\\' => "\\textbackslash{}",
                    '~' => "\\textasciitilde{}",
                    '^' => "\\textasciicircum{}",
                    '<' => "\\textless{}",
                    '>' => "\\textgreater{}",
                    '|' => "\\textbar{}",
                    '&' or '%' or '$' or '#' or '_' or '{' or '}' => "\\" + c,
                    '–' => "--",
                    '−' => "$-$",
                    '±' => "$\\pm$",
                    '→' => "$\\rightarrow$",
                    '·' => "$\\cdot$",
                    '\u202F' => "\\,",
                    _ => c.ToString(),
                }
            );
        }

        return escaped.ToString();
    }
}
