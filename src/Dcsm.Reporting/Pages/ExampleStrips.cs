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

    private static void Strip(StringBuilder html, SceneEvaluationResult result, string title, IReadOnlyList<SceneExample> examples) =>
        ExampleFigure.Strip(
            html,
            title,
            examples,
            example =>
                ExampleFigure.Render(
                    html,
                    result.TestSet.PictureOf(example, Side),
                    SceneNames.Of(result.TestSet.Tests[example.Test].Kind),
                    example.RightCaption(result.TestSet),
                    example.WrongCaption(result.TestSet),
                    result.Scorers.Select(
                        (scorer, s) =>
                        {
                            SceneScores scores = result.Scores[s][example.Test];
                            return (
                                scorer.Name,
                                scores.Score(example.Paraphrase, example.Image, example.Image),
                                scores.Score(example.Paraphrase, example.Image, 1 - example.Image),
                                (Func<float, string>)(score => NumberText.Score(score))
                            );
                        }
                    )
                )
        );
}
