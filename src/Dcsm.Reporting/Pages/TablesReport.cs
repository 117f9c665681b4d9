using System.Text;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>One HTML file of tables that say what several scorers made of the same. It refers to nothing outside itself.</summary>
public static class TablesReport
{
    /// <summary>Writes the report, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tables">The tables; the first one's title is the report's.</param>
    /// <param name="arguments">What was asked for.</param>
    /// <param name="versions">What computed it.</param>
    public static void Write(
        string path,
        IReadOnlyList<Table> tables,
        IReadOnlyDictionary<string, string> arguments,
        IReadOnlyDictionary<string, string> versions
    )
    {
        ArgumentNullException.ThrowIfNull(tables);
        StringBuilder html = new();
        ReportPage.Begin(html, tables[0].Title, "What each scorer makes of it, side by side.");
        foreach (Table table in tables)
            html.Append("<section>").Append(HtmlTable.Render(table)).Append("</section>\n");
        ReportPage.Foot(html, arguments, [], versions);
        AtomicFile.Write(path, ReportPage.End(html));
    }
}
