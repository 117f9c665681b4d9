using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Reporting.Pictures;
using SkiaSharp;

namespace Dcsm.Reporting.Tests.Pictures;

public class SceneStripPictureTests
{
    private static readonly Lazy<SceneEvaluationResult> Result = new(() =>
    {
        FakeEncoder encoder = new();
        return SceneEvaluation.Run(Objects.Tests(samplesPerKind: 1), [FakeScorer.Wrong(encoder), FakeScorer.Perfect(encoder)]);
    });

    private static IReadOnlyList<SceneExample> Examples => SceneExamples.First(Result.Value, SplitPart.UnseenPairs, perKind: 1);

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(9, 1)]
    public void The_strip_is_as_large_as_its_scenes_need(int columns, int rows)
    {
        RgbImage drawn = Draw(columns);
        int across = Math.Min(columns, 4);
        Assert.Equal(40 + 184 * across + 20 * (across - 1), drawn.Width);
        int[] heights =
        [
            .. Examples.Select(e =>
                20
                + 184
                + 20
                + 16 * (Lines(e.RightCaption(Result.Value.TestSet)) + Lines(e.WrongCaption(Result.Value.TestSet)))
                + 8
                + 2 * 22
                - 12
            ),
        ];
        Assert.Equal(40 + heights.Chunk(across).Sum(row => row.Max()) + 20 * (rows - 1), drawn.Height);

        static int Lines(string caption) => PictureFont.BuiltIn.Wrap(caption, 184, 12).Count;
    }

    [Fact]
    public void Twice_the_scale_is_twice_as_large()
    {
        RgbImage one = Draw(4),
            two = Draw(4, scale: 2);
        Assert.Equal((2 * one.Width, 2 * one.Height), (two.Width, two.Height));
    }

    [Fact]
    public void Right_choices_are_green_and_wrong_ones_red()
    {
        Assert.Equal((true, true), (Has(Draw(4), Sheet.Right), Has(Draw(4), Sheet.Wrong)));
        Assert.Equal((true, false), (Has(Draw(4, scorers: ["perfect"]), Sheet.Right), Has(Draw(4, scorers: ["perfect"]), Sheet.Wrong)));
        Assert.Equal((false, true), (Has(Draw(4, scorers: ["wrong"]), Sheet.Right), Has(Draw(4, scorers: ["wrong"]), Sheet.Wrong)));
    }

    [Fact]
    public void Each_scene_is_shown_in_its_place()
    {
        SceneEvaluationResult result = Result.Value;
        RgbImage drawn = Draw(4);
        for (int i = 0; i < 4; i++)
        {
            RgbImage scene = result.TestSet.Picture(Examples[i].Test, Examples[i].Image == 1, 184);
            double[] distances = [.. Enumerable.Range(0, 4).Select(place => Distance(drawn, 20 + 204 * place, 40, scene))];
            Assert.True(distances[i] < 6 && distances.Where((_, place) => place != i).All(d => d > 2 * distances[i]));
        }
    }

    [Fact]
    public void Without_a_scene_or_with_an_unknown_scorer_nothing_is_drawn()
    {
        Assert.Throws<ArgumentException>(() => SceneStripPicture.Draw(Result.Value, []));
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            SceneStripPicture.Draw(Result.Value, Examples, scorers: ["nobody"])
        );
        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneStripPicture.Draw(Result.Value, Examples, columns: 0));
    }

    [Fact]
    public void A_strip_is_written_as_PNG()
    {
        using TemporaryFolder folder = new();
        SceneStripPicture.Write(folder["strip.png"], Result.Value, Examples, columns: 2, scale: 1);
        Assert.Equal(
            SceneStripPicture.Draw(Result.Value, Examples, columns: 2, scale: 1).Pixels,
            RgbImage.Load(folder["strip.png"]).Pixels
        );
    }

    private static RgbImage Draw(int columns, float scale = 1, IReadOnlyList<string>? scorers = null) =>
        SceneStripPicture.Draw(Result.Value, Examples, columns, scale, scorers, PictureFont.BuiltIn);

    // Below the scenes, which may have any color.
    private static bool Has(RgbImage picture, SKColor color) =>
        Enumerable
            .Range(0, picture.Width * picture.Height)
            .Any(i =>
                i / picture.Width > 240 && picture.Pixel(i % picture.Width, i / picture.Width) == (color.Red, color.Green, color.Blue)
            );

    private static double Distance(RgbImage sheet, int left, int top, RgbImage part)
    {
        long sum = 0;
        const int Corner = 8; // rounded off
        for (int y = Corner; y < part.Height - Corner; y++)
        {
            for (int x = 3 * Corner; x < 3 * (part.Width - Corner); x++)
                sum += Math.Abs(sheet.Pixels[3 * ((top + y) * sheet.Width + left) + x] - part.Pixels[3 * y * part.Width + x]);
        }

        return sum / (double)(3 * (part.Width - 2 * Corner) * (part.Height - 2 * Corner));
    }
}
