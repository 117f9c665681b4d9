using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;

namespace Dcsm.Reporting.Pictures;

/// <summary>Draws scenes side by side, each with its two captions, and which one every scorer chose: right green, wrong red.</summary>
public static class SceneStripPicture
{
    private const float Side = 184,
        Gap = 20,
        Margin = 20;

    /// <summary>Draws choices of a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="examples">What to show, row by row.</param>
    /// <param name="columns">Scenes a row.</param>
    /// <param name="scale">Pixels a unit; a scene is 184 units wide.</param>
    /// <param name="scorers">The scorers to show; all where null.</param>
    /// <exception cref="ArgumentException">There is no example, or a scorer is not in the result.</exception>
    public static RgbImage Draw(
        SceneEvaluationResult result,
        IReadOnlyList<SceneExample> examples,
        int columns = 4,
        float scale = 2,
        IReadOnlyList<string>? scorers = null
    ) => Draw(result, examples, columns, scale, scorers, PictureFont.System);

    /// <summary>Draws choices of a result into a PNG file.</summary>
    public static void Write(
        string path,
        SceneEvaluationResult result,
        IReadOnlyList<SceneExample> examples,
        int columns = 4,
        float scale = 2,
        IReadOnlyList<string>? scorers = null
    ) => AtomicFile.Write(path, Rasters.ToPng(Draw(result, examples, columns, scale, scorers)));

    internal static RgbImage Draw(
        SceneEvaluationResult result,
        IReadOnlyList<SceneExample> examples,
        int columns,
        float scale,
        IReadOnlyList<string>? scorers,
        PictureFont font
    )
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        if (examples.Count == 0)
            throw new ArgumentException("There is no scene to draw.", nameof(examples));
        columns = Math.Min(columns, examples.Count);
        int[] shown = [.. (scorers ?? [.. result.Scorers.Select(s => s.Name)]).Select(name => Place(result, name))];

        Card[] cards = [.. examples.Select(example => Card.Of(result, example, font, scale))];
        int rows = (cards.Length + columns - 1) / columns;
        float[] heights = new float[rows];
        for (int i = 0; i < cards.Length; i++)
            heights[i / columns] = Math.Max(heights[i / columns], cards[i].Height(shown.Length));

        using Sheet sheet = new(
            2 * Margin + columns * Side + (columns - 1) * Gap,
            2 * Margin + heights.Sum() + (rows - 1) * Gap,
            scale,
            font
        );
        float top = Margin;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns && row * columns + column < cards.Length; column++)
                Draw(sheet, result, cards[row * columns + column], shown, Margin + column * (Side + Gap), top);
            top += heights[row] + Gap;
        }

        return sheet.ToImage();
    }

    private static void Draw(Sheet sheet, SceneEvaluationResult result, Card card, int[] scorers, float left, float top)
    {
        SceneExample example = card.Example;
        sheet.Text(SceneNames.Of(result.TestSet.Tests[example.Test].Kind), left, top + 11, 12, Sheet.Faint, bold: true);
        sheet.Picture(card.Picture, left, top + 20, Side, Side);
        float baseline = top + 20 + Side + 20;
        foreach (string line in card.Right)
        {
            sheet.Text(line, left, baseline, 12, Sheet.Ink, bold: true);
            baseline += 16;
        }

        foreach (string line in card.Wrong)
        {
            sheet.Text(line, left, baseline, 12, Sheet.Faint);
            baseline += 16;
        }

        baseline += 8;
        sheet.Line(left, baseline - 14, left + Side, baseline - 14, Sheet.Rule);
        foreach (int s in scorers)
        {
            SceneScores scores = result.Scores[s][example.Test];
            bool right = scores.CaptionChoice(example.Paraphrase, example.Image).Strict;
            float first = scores.Score(example.Paraphrase, example.Image, example.Image),
                second = scores.Score(example.Paraphrase, example.Image, 1 - example.Image);
            sheet.Mark(right, left + 7, baseline + 0.5f, 7);
            sheet.Text(result.Scorers[s].Name, left + 20, baseline + 4.5f, 12, right ? Sheet.Right : Sheet.Wrong, bold: true);
            sheet.TextRight(
                $"{NumberText.Fixed(first, 2).Replace('-', '−')} : {NumberText.Fixed(second, 2).Replace('-', '−')}",
                left + Side,
                baseline + 4.5f,
                11,
                Sheet.Faint
            );
            baseline += 22;
        }
    }

    private static int Place(SceneEvaluationResult result, string name)
    {
        for (int s = 0; s < result.Scorers.Count; s++)
        {
            if (result.Scorers[s].Name == name)
                return s;
        }

        throw new ArgumentException($"The result has no scorer '{name}'.", nameof(name));
    }

    private sealed record Card(SceneExample Example, RgbImage Picture, IReadOnlyList<string> Right, IReadOnlyList<string> Wrong)
    {
        public static Card Of(SceneEvaluationResult result, SceneExample example, PictureFont font, float scale) =>
            new(
                example,
                result.TestSet.PictureOf(example, (int)(Side * scale)),
                Sheet.Wrap(font, example.RightCaption(result.TestSet), Side, 12, scale, bold: true),
                Sheet.Wrap(font, example.WrongCaption(result.TestSet), Side, 12, scale)
            );

        public float Height(int scorers) => 20 + Side + 20 + 16 * (Right.Count + Wrong.Count) + 8 + 22 * scorers - 12;
    }
}
