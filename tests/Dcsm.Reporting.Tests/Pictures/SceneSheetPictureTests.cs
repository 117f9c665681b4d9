using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Tests.Pictures;

public sealed class SceneSheetPictureTests
{
    private static readonly SceneRenderer Renderer = new(Objects.Library, 48);

    [Fact]
    public void Each_part_and_kind_has_a_heading_and_its_samples_below()
    {
        RgbImage two = Draw(2, (SceneKind.Color, 2), (SceneKind.Size, 2)),
            one = Draw(2, (SceneKind.Color, 2));
        Assert.Equal((one.Width, 2 * (40 + (2 * ((2 * 184) + 4)) + 20)), (two.Width, two.Width));
        Assert.True(two.Height > (2 * one.Height) - 100);
        // Ink of both headings, which stand at the left, above and between the rows of pictures.
        int second = one.Height - 40;
        Assert.Contains(Enumerable.Range(0, 60), y => IsInk(two, y));
        Assert.Contains(Enumerable.Range(second, 80), y => IsInk(two, y));

        static bool IsInk(RgbImage drawn, int y) => Enumerable.Range(40, 200).Any(x => drawn.Pixel(x, y).Red < 60);
    }

    [Fact]
    public void Captions_side_by_side_do_not_touch()
    {
        RgbImage drawn = Draw(1, (SceneKind.Color, 6));
        // Pictures are ink throughout.
        int[] captions = [.. Enumerable.Range(0, drawn.Height).Where(y => Ink(y, 40, 400) is > 0 and < 250)];
        Assert.NotEmpty(captions);
        Assert.All(captions, y => Assert.Equal(0, Ink(y, 2 * (20 + 184 - 8), (2 * (20 + 184 + 4)) - 1)));

        int Ink(int y, int from, int to) => Enumerable.Range(from, to - from).Count(x => drawn.Pixel(x, y).Red < 250);
    }

    [Fact]
    public void A_row_is_no_longer_than_its_samples()
    {
        Assert.Equal(2 * (40 + (2 * 184) + 4), Draw(3, (SceneKind.Color, 1), (SceneKind.Negation, 1)).Width);
        Assert.True(Draw(1, (SceneKind.Color, 3)).Height > 2 * Draw(3, (SceneKind.Color, 3)).Height);
        Assert.Throws<ArgumentException>(() => Draw(3));
    }

    private static RgbImage Draw(int columns, params (SceneKind Kind, int Count)[] groups) =>
        SceneSheetPicture.Draw(
            Renderer,
            [
                .. groups.SelectMany(group =>
                    Enumerable
                        .Range(0, group.Count)
                        .Select(i => (SplitPart.Train, Objects.Sampler().Sample(group.Kind, SplitPart.Train, 1, i)))
                ),
            ],
            columns,
            PictureFont.BuiltIn
        );
}
