using System.Text;
using Dcsm.Evaluation.Statistics;
using Dcsm.Maps;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Pages;

/// <summary>A sample picture: captions, what the scorers choose, dense maps.</summary>
internal static class SampleCard
{
    private const int PictureSide = 400,
        PanelSide = 200;

    public static void Render(StringBuilder html, ReportSample sample)
    {
        html.Append("<article class=\"sample\">");
        double shrink = Math.Min(1, PictureSide / (double)Math.Max(sample.Picture.Width, sample.Picture.Height));
        Clip.Preprocessing.RgbImage shown = Rasters.Resize(
            sample.Picture,
            Math.Max(1, (int)(sample.Picture.Width * shrink)),
            Math.Max(1, (int)(sample.Picture.Height * shrink))
        );
        html.Append("<div class=\"picture\">")
            .Append(SceneReportPage.Image(shown, sample.Title))
            .Append("</div><div class=\"captions\"><h3>")
            .Append(Html.Escape(sample.Title))
            .Append("</h3><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Caption</th>");
        foreach (string scorer in sample.Scorers)
            html.Append("<th class=\"n\" scope=\"col\">").Append(Html.Escape(scorer)).Append("</th>");
        html.Append("</tr></thead><tbody>");
        int?[] choices = [.. sample.Scorers.Select((_, s) => sample.Choice(s))];
        bool known = sample.Captions.Any(c => c.IsTrue == true);
        for (int c = 0; c < sample.Captions.Count; c++)
        {
            ReportCaption caption = sample.Captions[c];
            html.Append(caption.IsTrue == true ? "<tr class=\"true\"><td>" : "<tr><td>").Append(Html.Escape(caption.Text));
            if (caption.IsTrue == true)
                html.Append(" <span class=\"tag\">true</span>");
            html.Append("</td>");
            for (int s = 0; s < sample.Scorers.Count; s++)
            {
                string mark =
                    choices[s] != c ? ""
                    : !known ? "<b class=\"chosen\">▸</b> "
                    : caption.IsTrue == true ? "<b class=\"right\">✓</b> "
                    : "<b class=\"wrong\">✗</b> ";
                html.Append("<td class=\"n\">").Append(mark).Append(NumberText.Score(caption.Scores[s])).Append("</td>");
            }

            html.Append("</tr>");
        }

        html.Append("</tbody></table></div></div>");
        for (int c = 0; c < sample.Maps.Count; c++)
            Map(html, sample, c);
        html.Append("</article>\n");
    }

    private static void Map(StringBuilder html, ReportSample sample, int caption)
    {
        DenseMapExplanation map = sample.Maps[caption];
        if (map.GridSide == 0)
            return;
        html.Append(caption == 0 ? "<details class=\"map\" open>" : "<details class=\"map\">")
            .Append("<summary>Dense map: ")
            .Append(Html.Escape(map.Caption))
            .Append("</summary><div class=\"panels\">");
        foreach (DenseMapPanel panel in DenseMapPanel.Of(map, sample.Seen, PanelSide))
        {
            bool functional = panel.FunctionalWord is not null;
            string detail = functional
                ? "functional row"
                : $"{NumberText.Score(panel.Values.Low)[..^1]} – {NumberText.Score(panel.Values.High)[..^1]}";
            html.Append(functional ? "<figure class=\"functional\">" : "<figure>")
                .Append(SceneReportPage.Image(panel.Picture, $"{panel.Word}: {detail}"))
                .Append("<figcaption>")
                .Append(Html.Escape(panel.Word))
                .Append("<small>")
                .Append(Html.Escape(detail))
                .Append("</small></figcaption></figure>");
        }

        var scale = HeatScale.Of(map.Map);
        html.Append("</div><div class=\"matrix\">")
            .Append(
                SceneReportPage.Image(
                    HeatMapPicture.Matrix(
                        map.Map,
                        map.ImageTokens,
                        map.TextTokens,
                        scale,
                        cellWidth: 8,
                        cellHeight: map.ImageTokens > 100 ? 1 : 2
                    ),
                    "the whole map: a row for each image token, a column for each text token"
                )
            )
            .Append(
                "<p class=\"note\">The whole map as CLIP gives it: a row for CLS and for each patch, a column for each token, "
                    + "padding included. Cosines from "
            )
            .Append(NumberText.Fixed(scale.Low, 2))
            .Append(" to ")
            .Append(NumberText.Fixed(scale.High, 2))
            .Append(".<br>")
            .Append(SceneReportPage.Image(HeatMapPicture.Legend(256, 10), "colors from low to high", "bar"))
            .Append(
                " low to high. All words above share one scale; what each has of it is written below it. In the columns of "
                    + "functional words the head reads fixed rows in place of cosines.</p></div></details>"
            );
    }
}
