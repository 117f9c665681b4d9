using System.Text;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Statistics;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>Scenes that tell most: gained over the first scorer, and still wrong.</summary>
internal static class ExampleStrips
{
    private const int Side = 224;

    public static void Render(StringBuilder html, SceneEvaluationResult result, int perKind)
    {
        SplitPart part = result.Parts.Contains(SplitPart.UnseenObjects) ? SplitPart.UnseenObjects : result.Parts[^1];
        string first = result.Scorers[0].Name,
            last = result.Scorers[^1].Name;
        html.Append("<section><h2>Scenes, ").Append(Html.Escape(SceneWords.Of(part))).Append("</h2>");
        Strip(html, result, "The first of each kind, whatever came out", SceneExamples.First(result, part, perKind));
        if (result.Scorers.Count > 1)
        {
            Strip(
                html,
                result,
                $"{last} is right, {first} is wrong: the clearest",
                SceneExamples.Gained(result, part, last, first, perKind)
            );
        }

        Strip(html, result, $"{last} is wrong: the worst", SceneExamples.Wrong(result, part, last, perKind));
        html.Append("</section>\n");
    }

    private static void Strip(StringBuilder html, SceneEvaluationResult result, string title, IReadOnlyList<SceneExample> examples)
    {
        html.Append("<h3>").Append(Html.Escape(title)).Append("</h3>");
        if (examples.Count == 0)
        {
            html.Append("<p class=\"say\">There is none.</p>");
            return;
        }

        html.Append("<div class=\"strip\">");
        foreach (SceneExample example in examples)
        {
            string right = example.RightCaption(result.TestSet);
            html.Append("<figure>")
                .Append(SceneReportPage.Image(result.TestSet.PictureOf(example, Side), right))
                .Append("<figcaption><p class=\"kind\">")
                .Append(Html.Escape(SceneNames.Of(result.TestSet.Tests[example.Test].Kind)))
                .Append("</p><p>")
                .Append(Html.Escape(right))
                .Append("</p><p class=\"not\">")
                .Append(Html.Escape(example.WrongCaption(result.TestSet)))
                .Append("</p><ul>");
            for (int s = 0; s < result.Scorers.Count; s++)
            {
                SceneScores scores = result.Scores[s][example.Test];
                Choice choice = scores.CaptionChoice(example.Paraphrase, example.Image);
                string mark =
                    choice.Strict ? "<b class=\"right\">✓</b>"
                    : choice.IsTie ? "<b class=\"wrong\">=</b>"
                    : "<b class=\"wrong\">✗</b>";
                html.Append("<li>")
                    .Append(mark)
                    .Append(' ')
                    .Append(Html.Escape(result.Scorers[s].Name))
                    .Append("<small>")
                    .Append(NumberText.Score(scores.Score(example.Paraphrase, example.Image, example.Image)))
                    .Append(" : ")
                    .Append(NumberText.Score(scores.Score(example.Paraphrase, example.Image, 1 - example.Image)))
                    .Append("</small></li>");
            }

            html.Append("</ul></figcaption></figure>");
        }

        html.Append("</div>");
    }
}
