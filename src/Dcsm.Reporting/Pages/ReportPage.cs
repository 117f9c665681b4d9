using System.Text;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Reporting.Pages;

/// <summary>What all reports have: one HTML file that refers to nothing outside itself.</summary>
internal static class ReportPage
{
    private static readonly Lazy<string> Style = new(() =>
    {
        using Stream stream =
            typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")
            ?? throw new FileNotFoundException("report.css is missing from the assembly.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    public static void Begin(StringBuilder html, string title, string lead) =>
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            // Nothing may be loaded from anywhere: the file is all there is.
            .Append(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
            )
            .Append("<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<title>")
            .Append(Html.Escape(title))
            .Append("</title>\n<style>\n")
            .Append(Style.Value)
            .Append("</style>\n</head>\n<body>\n<main>\n")
            .Append("<header><p class=\"over\">Dense cosine similarity maps</p><h1>")
            .Append(Html.Escape(title))
            .Append("</h1>")
            .Append("<p class=\"lead\">")
            .Append(Html.Escape(lead))
            .Append("</p></header>\n");

    public static string End(StringBuilder html) => html.Append("</main>\n</body>\n</html>\n").ToString();

    /// <summary>The colors of the scorers' bars.</summary>
    public static void Legend(StringBuilder html, IReadOnlyList<ScorerDescription> scorers)
    {
        html.Append("<p class=\"legend\">");
        for (int s = 0; s < scorers.Count; s++)
            html.Append($"<span><i class=\"{SvgBarChart.SeriesClass(s, scorers.Count)}\"></i>{Html.Escape(scorers[s].Name)}</span>");
        html.Append("</p>");
    }

    /// <summary>What a run was made with: what is told of it, then its scorers and the software.</summary>
    public static void Foot(
        StringBuilder html,
        IEnumerable<KeyValuePair<string, string>> entries,
        IReadOnlyList<ScorerDescription> scorers,
        IReadOnlyDictionary<string, string> versions
    )
    {
        html.Append("<footer><h2>Made with</h2><dl>");
        foreach ((string name, string value) in entries)
            Entry(html, name, value);
        foreach (ScorerDescription scorer in scorers)
        {
            foreach ((string name, string value) in scorer.Properties)
                Entry(html, $"{scorer.Name}: {name}", value);
        }

        foreach ((string name, string value) in versions)
            Entry(html, name, value);
        html.Append("</dl></footer>\n");
    }

    private static void Entry(StringBuilder html, string name, string value) =>
        html.Append("<dt>").Append(Html.Escape(name)).Append("</dt><dd>").Append(Html.Escape(value)).Append("</dd>");
}
