using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Maps;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Tests.Pictures;

public class DenseMapPictureTests
{
    private const string Caption = "a picture of a red apple above a pear";
    private const int Hot = 5,
        Cold = 10;

    private static readonly DenseMapExplanation Map = SampleMaps.Of(
        Caption,
        patch =>
            patch switch
            {
                Hot => 0.9f,
                Cold => -0.3f,
                _ => 0.2f,
            }
    );

    private static RgbImage Draw(DenseMapPictureOptions options, DenseMapExplanation? map = null) =>
        DenseMapPicture.Draw(map ?? Map, SampleMaps.Plain(40), options, PictureFont.BuiltIn);

    [Fact]
    public void The_title_is_the_caption_as_it_was_written()
    {
        byte[] read = Draw(new DenseMapPictureOptions()).Pixels.ToArray();
        Assert.Equal(read, Draw(new DenseMapPictureOptions { Caption = Caption }).Pixels);
        Assert.NotEqual(read, Draw(new DenseMapPictureOptions { Caption = "The" + Caption[1..] }).Pixels.ToArray());
    }

    [Fact]
    public void There_is_a_panel_a_word_but_for_the_skipped_ones()
    {
        RgbImage image = SampleMaps.Plain(40);
        Assert.Equal(Caption.Split(' '), DenseMapPanel.Of(Map, image, 20).Select(p => p.Word));
        IReadOnlyList<DenseMapPanel> panels = DenseMapPanel.Of(Map, image, 20, skip: ["A", "of", "picture", "above"]);
        Assert.Equal(["red", "apple", "above", "pear"], panels.Select(p => p.Word)); // a functional word is never left out
        Assert.Equal([null, null, "above", null], panels.Select(p => p.FunctionalWord));
        Assert.All(panels, p => Assert.Equal((20, 20), (p.Picture.Width, p.Picture.Height)));
        Assert.Equal(new HeatScale(-0.3f, 0.9f), panels[1].Scale);
        Assert.Equal(new HeatScale(-0.3f, 0.9f), panels[1].Values);
    }

    [Fact]
    public void A_functional_word_shows_its_row_and_not_the_cosines()
    {
        DenseMapPanel above = DenseMapPanel.Of(Map, SampleMaps.Plain(40), 40).Single(p => p.FunctionalWord is not null);
        float[] row = [.. Enumerable.Range(1, 16).Select(i => Map.PlacedMap[i * Map.TextTokens + 7])]; // the start token, then six words
        Assert.NotEqual(Map.Patches(7), row);
        Assert.Equal(HeatScale.Of(row), above.Scale);
        Assert.Equal(HeatMapPicture.Squares(row, 4, above.Scale, 40).Pixels, above.Picture.Pixels);
    }

    [Fact]
    public void Words_share_a_scale_or_have_their_own_and_tell_their_values()
    {
        DenseMapExplanation map = SampleMaps.Of("red apple", patch => patch / 64f, weight: place => place);
        Assert.Equal([30 / 64f, 30 / 64f], DenseMapPanel.Of(map, SampleMaps.Plain(8), 8).Select(p => p.Scale.High));
        Assert.Equal([15 / 64f, 30 / 64f], DenseMapPanel.Of(map, SampleMaps.Plain(8), 8).Select(p => p.Values.High));
        Assert.Equal([15 / 64f, 30 / 64f], DenseMapPanel.Of(map, SampleMaps.Plain(8), 8, ownScales: true).Select(p => p.Scale.High));
    }

    [Fact]
    public void Patches_must_form_a_square() =>
        Assert.Throws<ArgumentException>(() => DenseMapPanel.Of(SampleMaps.Of("red apple", _ => 0, patches: 12), SampleMaps.Plain(8), 8));

    [Theory]
    [InlineData(3, 1, 460, 450)]
    [InlineData(3, 2, 920, 900)]
    [InlineData(6, 1, 748, 270)]
    public void The_sheet_is_as_large_as_its_panels_need(int columns, float scale, int width, int height)
    {
        // The picture and four words: two rows of three, or one row of five.
        RgbImage drawn = Draw(new() { Columns = columns, Scale = scale });
        Assert.Equal((width, height), (drawn.Width, drawn.Height));
    }

    [Fact]
    public void Hot_and_cold_patches_are_told_apart_on_the_sheet()
    {
        RgbImage drawn = Draw(new() { Columns = 3, Scale = 1 });
        // The third cell of the first row is the apple's; a patch is 33 pixels wide.
        (byte Red, byte Green, byte Blue) hot = drawn.Pixel(308 + 33 + 16, 52 + 33 + 16);
        (byte Red, byte Green, byte Blue) cold = drawn.Pixel(308 + 66 + 16, 52 + 66 + 16);
        Assert.True(hot.Red > cold.Red + 60 && hot.Green > cold.Green + 60);
        Assert.Equal((128, 128, 128), drawn.Pixel(20 + 66, 52 + 66)); // the picture itself
    }

    [Fact]
    public void A_functional_word_is_framed()
    {
        RgbImage drawn = Draw(new() { Columns = 3, Scale = 1 });
        (byte Red, byte Green, byte Blue) accent = (Sheet.Accent.Red, Sheet.Accent.Green, Sheet.Accent.Blue);
        int second = 52 + 132 + 36 + 12 + 66;
        Assert.Equal(accent, drawn.Pixel(20, second)); // above, first of the second row
        Assert.NotEqual(accent, drawn.Pixel(164, second)); // pear
    }

    [Fact]
    public void Nothing_is_cut_however_narrow_the_sheet_and_long_the_words()
    {
        const string Long = "extraordinarilylongwordthatneverends";
        DenseMapExplanation map = SampleMaps.Of(Long, _ => 0.5f);
        DenseMapPictureOptions options = new() { Scale = 1, Note = string.Concat(Enumerable.Repeat("note ", 40)) };
        RgbImage drawn = DenseMapPicture.Draw(map, SampleMaps.Plain(40), options, PictureFont.BuiltIn);
        Assert.Equal(316, drawn.Width);
        // The margin at the right is free of letters.
        for (int y = 0; y < drawn.Height; y++)
        {
            for (int x = drawn.Width - 18; x < drawn.Width; x++)
                Assert.Equal((255, 255, 255), drawn.Pixel(x, y));
        }
        Assert.True(drawn.Height > Draw(options with { Note = "" }, map).Height + 40);
    }

    [Fact]
    public void A_picture_that_is_not_seen_whole_stands_before_what_is_seen()
    {
        DenseMapPictureOptions options = new() { Columns = 3, Scale = 1 };
        RgbImage whole = new(200, 100, [.. Enumerable.Repeat((byte)7, 200 * 100 * 3)]),
            drawn = Draw(options with { Whole = whole });
        Assert.Equal((7, 7, 7), drawn.Pixel(20 + 66, 52 + 66));
        Assert.Equal((255, 255, 255), drawn.Pixel(20 + 66, 52 + 10));
        Assert.Equal((128, 128, 128), drawn.Pixel(164 + 66, 52 + 66));
    }

    [Fact]
    public void A_row_takes_the_picture_and_a_word_at_least()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw(new() { Columns = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw(new() { Scale = 0 }));
    }
}
