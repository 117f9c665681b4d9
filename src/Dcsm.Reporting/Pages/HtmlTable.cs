using System.Text;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// A <see cref="Table"/> as HTML. Equal first cells of a group are told once. On a narrow screen rows of many or long cells fold to a line
/// a cell, which then tells its column.
/// </summary>
internal static class HtmlTable
{
    private const int MostColumns = 4,
        LongText = 30;

    public static string Render(Table table)
    {
        table.Check();
        bool folds = table.Columns.Count > MostColumns || table.Rows.Any(row => row.Cells.Any(cell => cell.Text.Length > LongText));
        StringBuilder html = new(folds ? "<div class=\"scroll\"><table class=\"fold\">" : "<div class=\"scroll\"><table>");
        if (table.Title.Length > 0)
            html.Append("<caption>").Append(Html.Escape(table.Title)).Append("</caption>");
        html.Append("<thead><tr>");
        foreach (TableColumn column in table.Columns)
        {
            html.Append(column.AlignRight ? "<th class=\"n\" scope=\"col\">" : "<th scope=\"col\">")
                .Append(Html.Escape(column.Header))
                .Append("</th>");
        }

        html.Append("</tr></thead><tbody>");
        string previous = "";
        foreach (TableRow row in table.Rows)
        {
            bool again = row.Cells.Count > 1 && row.Cells[0].Text == previous && !row.StartsGroup;
            html.Append(row.StartsGroup ? "<tr class=\"group\">" : "<tr>");
            for (int c = 0; c < row.Cells.Count; c++)
            {
                TableCell cell = row.Cells[c];
                html.Append(table.Columns[c].AlignRight ? "<td class=\"n\"" : "<td")
                    .Append(folds ? $" data-head=\"{Html.Escape(table.Columns[c].Header)}\">" : ">");
                if (c == 0 && again)
                    html.Append("<span class=\"again\">").Append(Html.Escape(cell.Text)).Append("</span>");
                else if (cell.Strong)
                    html.Append("<strong>").Append(Html.Escape(cell.Text)).Append("</strong>");
                else
                    html.Append(Html.Escape(cell.Text));
                if (cell.Detail.Length > 0)
                    html.Append("<small>").Append(Html.Escape(cell.Detail)).Append("</small>");
                html.Append("</td>");
            }

            html.Append("</tr>");
            previous = row.Cells[0].Text;
        }

        html.Append("</tbody></table></div>");
        foreach (string note in table.Notes)
            html.Append("<p class=\"note\">").Append(Html.Escape(note)).Append("</p>");
        return html.ToString();
    }
}
