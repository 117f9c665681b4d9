using System.Text;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// One HTML file that shows how the pictures of a data set were named: tables, bars, and the classes most often taken for one another with
/// pictures. It refers to nothing outside itself.
/// </summary>
public sealed class ClassificationReport
{
    private const int PairsShown = 8,
        PicturesOfAPair = 2;

    /// <summary>The figures.</summary>
    public required ClassificationResult Result { get; init; }

    /// <summary>Further tables and drawings, between the result and the confusions; HTML.</summary>
    internal string Further { get; init; } = "";

    /// <summary>Writes the report, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, ToHtml());

    /// <summary>The report as HTML.</summary>
    public string ToHtml()
    {
        StringBuilder html = new();
        ReportPage.Begin(
            html,
            $"{Result.Data}: {Result.Main.Name}",
            $"{Result.Encoder} names {NumberText.Percent(Result.Main.Top1.Value)} % of {NumberText.Count(Result.PictureCount, "picture")} "
                + $"rightly, out of {Result.ClassCount} classes; tossing dice gives {NumberText.Percent(1.0 / Result.ClassCount)} %."
        );
        html.Append("<section><h2>Result</h2>").Append(HtmlTable.Render(Result.ToTable()));
        html.Append("<figure>")
            .Append(
                SvgBarChart.Render(
                    [.. Result.Single.Append(Result.Main).Select(own => new BarGroup(own.Name, [("top-1", own.Top1, "s1")]))],
                    chance: 1.0 / Result.ClassCount,
                    "Share of pictures named rightly, bars with intervals"
                )
            )
            .Append("</figure></section>\n")
            .Append(Further);
        html.Append("<section><h2>Confusions</h2>").Append(HtmlTable.Render(Result.ToConfusionTable()));
        foreach (ClassConfusion pair in Result.Confusions.Take(PairsShown))
        {
            html.Append("<h3>")
                .Append(Html.Escape($"{pair.Class}, taken for {pair.Chosen}: {NumberText.Count(pair.Count, "picture")}"))
                .Append("</h3><div class=\"strip\">");
            foreach (int place in pair.Pictures.Take(PicturesOfAPair))
                Figure(html, Result.Pictures.Set.Pictures[place], pair.Class, pair.Chosen);
            if (Example(pair.Chosen) is { } example)
                Figure(html, example, pair.Chosen, null);
            html.Append("</div>");
        }

        html.Append("</section>\n");
        ReportPage.Foot(
            html,
            [.. Result.Arguments, new("fingerprint", Result.Fingerprint), new("classes", $"{Result.ClassCount}")],
            [],
            Result.Versions
        );
        return ReportPage.End(html);
    }

    private ClassifiedPicture? Example(string name) =>
        Result.Pictures.Set.Pictures.FirstOrDefault(picture => Result.Pictures.Set.Classes[picture.Labels[0]].Name == name);

    private static void Figure(StringBuilder html, ClassifiedPicture picture, string own, string? chosen)
    {
        var image = RgbImage.Load(ImageSource.FromBytes(picture.Read(), picture.Name), new PictureOptions());
        html.Append("<figure>")
            .Append(SceneReportPage.Image(image, picture.Name))
            .Append("<figcaption><p class=\"kind\">")
            .Append(Html.Escape(picture.Name))
            .Append("</p><p>")
            .Append(Html.Escape(own))
            .Append("</p>");
        if (chosen is not null)
            html.Append("<p class=\"not\">").Append(Html.Escape(chosen)).Append("</p>");
        html.Append("</figcaption></figure>");
    }
}
