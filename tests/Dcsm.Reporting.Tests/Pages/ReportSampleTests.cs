using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Tests.Pages;

public sealed class ReportSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_shown_whole_and_as_the_encoder_prepares_it()
    {
        var sample = ReportSample.FromFile(
            Stripes(),
            ["one", "two", "three"],
            trueCaption: 1,
            [
                new FakeScorer
                {
                    Name = "last",
                    Encoder = new FakeEncoder(),
                    Rule = (_, _, caption, _) => caption,
                },
            ]
        );
        Assert.Equal("stripes", sample.Title);
        Assert.Equal((30, 10), (sample.Picture.Width, sample.Picture.Height));
        Assert.Equal(new ClipPreprocessor(32).Crop(sample.Picture).Pixels, sample.Seen.Pixels);
        Assert.Equal((0, 255, 0), sample.Seen.Pixel(16, 16));
        Assert.Equal([false, true, false], sample.Captions.Select(c => c.IsTrue));
        Assert.Equal(2, sample.Choice(0));
    }

    [Fact]
    public void Without_a_true_caption_none_is_called_true_or_false()
    {
        var sample = ReportSample.FromFile(
            Stripes(),
            ["one", "two"],
            trueCaption: null,
            [FakeScorer.Perfect(new FakeEncoder())],
            title: "mine"
        );
        Assert.All(sample.Captions, c => Assert.Null(c.IsTrue));
        Assert.Equal("mine", sample.Title);
    }

    [Fact]
    public void A_scorer_gets_captions_of_its_length()
    {
        FakeEncoder encoder = new();
        FakeScorer any = FakeScorer.Perfect(encoder),
            short8 =
                new()
                {
                    Name = "short",
                    Encoder = encoder,
                    TextTokens = 8,
                    Rule = (_, _, _, _) => 0,
                };
        ReportSample.FromFile(Stripes(), ["one"], null, [any, short8]);
        Assert.Equal([24], any.TextTokensGiven);
        Assert.Equal([8], short8.TextTokensGiven);
        Assert.Equal(1, encoder.PicturesEncoded);
    }

    [Fact]
    public void NaN_is_an_error_that_names_the_caption()
    {
        FakeScorer broken = new()
        {
            Name = "broken",
            Encoder = new FakeEncoder(),
            Rule = (_, _, caption, _) => caption == 1 ? float.NaN : 0,
        };
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            ReportSample.FromFile(Stripes(), ["one", "two"], null, [broken])
        );
        Assert.Contains("'two'", error.Message, StringComparison.Ordinal);
        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_shown_is_refused()
    {
        FakeScorer[] scorers = [FakeScorer.Perfect(new FakeEncoder())];
        Assert.Throws<FileNotFoundException>(() => ReportSample.FromFile(_folder["none.png"], ["one"], null, scorers));
        Assert.Throws<ArgumentException>(() => ReportSample.FromFile(Stripes(), [], null, scorers));
        Assert.Throws<ArgumentException>(() => ReportSample.FromFile(Stripes(), ["one"], null, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReportSample.FromFile(Stripes(), ["one"], 1, scorers));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReportSample.FromFile(Stripes(), ["one"], -1, scorers));
    }

    // A red, a green and a blue square side by side.
    private string Stripes()
    {
        byte[] pixels = new byte[3 * 30 * 10];
        for (int i = 0; i < 300; i++)
            pixels[3 * i + i % 30 / 10] = 255;
        File.WriteAllBytes(_folder["stripes.png"], Rasters.ToPng(new RgbImage(30, 10, pixels)));
        return _folder["stripes.png"];
    }
}
