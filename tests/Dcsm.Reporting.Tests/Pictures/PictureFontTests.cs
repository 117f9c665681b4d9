using Dcsm.Clip.Preprocessing;
using Dcsm.Reporting.Pictures;
using SkiaSharp;

namespace Dcsm.Reporting.Tests.Pictures;

public sealed class PictureFontTests : IDisposable
{
    private const int Elephant = 0x8C61;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Letters_that_a_typeface_lacks_come_from_another_that_lies_on_the_machine()
    {
        Directory.CreateDirectory(_folder["fonts/deep"]);
        File.WriteAllText(_folder["fonts/broken.ttf"], "no font");
        File.WriteAllText(_folder["fonts/readme.txt"], "no font");
        File.WriteAllBytes(_folder["fonts/deep/elephants.TTF"], TinyFont.Of(Elephant, Elephant));
        FontFiles files = new([_folder["no such folder"], _folder["fonts"]]);
        PictureFont alone = new(Latin(), null, _ => null),
            font = new(Latin(), null, files.With);
        string text = $"a{char.ConvertFromUtf32(Elephant)}a";
        Assert.Equal(0, Ink(alone, text));
        Assert.Equal(10 * 10, Ink(font, text));
        Assert.Equal(30, font.Measure(text, 10));
        Assert.Null(files.With(Elephant + 1));
        Assert.NotNull(files.With(Elephant));
    }

    [Fact]
    public void Joiners_and_selectors_are_no_letters()
    {
        PictureFont font = new(Latin(), null, _ => null);
        Assert.Equal(20, font.Measure("b\u200D\uFE0Fb", 10));
    }

    [Theory]
    [InlineData("aaa bbb", 3, "aaa", "bbb")]
    [InlineData("aaabbbcc", 3, "aaa", "bbb", "cc")]
    [InlineData("aa bbbbb c", 3, "aa", "bbb", "bb", "c")]
    [InlineData("aa bbbbb c", 4, "aa", "bbbb", "b c")]
    [InlineData("", 3)]
    [InlineData("aa", 0.5f, "a", "a")]
    public void No_line_is_wider_than_asked_for(string text, float letters, params string[] lines) =>
        Assert.Equal(lines, new PictureFont(Latin(), null, _ => null).Wrap(text, 10 * letters, 10));

    // Of letters but for the first, which is the space, no outline is drawn.
    private static SKTypeface Latin()
    {
        using var data = SKData.CreateCopy(TinyFont.Of(' ', 'z'));
        return SKTypeface.FromData(data);
    }

    private static int Ink(PictureFont font, string text)
    {
        using Sheet sheet = new(60, 20, 1, font);
        sheet.Text(text, 5, 15, 10, SKColors.Black);
        RgbImage drawn = sheet.ToImage();
        return Enumerable.Range(0, 60 * 20).Count(i => drawn.Pixels[3 * i] < 128);
    }

    [Fact]
    public void A_text_that_no_one_would_read_is_not_drawn_to_its_end()
    {
        IReadOnlyList<string> lines = PictureFont.BuiltIn.Wrap(string.Concat(Enumerable.Repeat("a red dog ", 100_000)), 300, 12);
        Assert.InRange(lines.Count, 10, 100);
        Assert.EndsWith("…", lines[^1], StringComparison.Ordinal);
    }
}
