using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Diagnostics;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Tests.Pages;

public class SceneReportTests
{
    private const string Awkward = "a <b>cat</b> & a \"dog\" http://example.com <script src=x>";
    private const string AwkwardEscaped = "a &lt;b&gt;cat&lt;/b&gt; &amp; a &quot;dog&quot; http://example.com &lt;script src=x&gt;";

    private static readonly Lazy<SceneEvaluationResult> LazyResult = new(() => Run("three of four", "perfect"));

    [Fact]
    public void A_full_report_is_balanced_and_refers_to_nothing_outside()
    {
        string html = Full().ToHtml();
        Assert.Null(Markup.Fault(html));
        Assert.StartsWith("<!doctype html>", html, StringComparison.Ordinal);
        Assert.NotEmpty(Markup.Links(html.Replace(AwkwardEscaped, "", StringComparison.Ordinal)));
        Assert.All(
            Markup.Links(html.Replace(AwkwardEscaped, "", StringComparison.Ordinal)),
            link => Assert.StartsWith("data:image/", link, StringComparison.Ordinal)
        );
        foreach (string outside in (string[])["<script", "<link", "<iframe", "@import", "url(", "javascript:"])
            Assert.DoesNotContain(outside, html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(
            "http",
            html.Replace(AwkwardEscaped, "", StringComparison.Ordinal).Replace("http-equiv", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_stand_in_the_file_as_JPEG()
    {
        string[] pictures = [.. Markup.Links(Full().ToHtml()).Where(link => link.StartsWith("data:", StringComparison.Ordinal))];
        // A sample with its map (red, apple, above, pear and the caption's other words, the matrix, the legend), and scenes of four kinds.
        Assert.InRange(pictures.Length, 8, 60);
        Assert.All(
            pictures,
            picture =>
            {
                Assert.StartsWith("data:image/jpeg;base64,", picture, StringComparison.Ordinal);
                byte[] bytes = Convert.FromBase64String(picture["data:image/jpeg;base64,".Length..]);
                Assert.Equal([0xFF, 0xD8], bytes[..2]);
                Assert.Equal([0xFF, 0xD9], bytes[^2..]);
            }
        );
    }

    [Fact]
    public void What_comes_from_outside_is_escaped()
    {
        string html = new SceneReport
        {
            Result = Run(Awkward, "perfect"),
            Title = Awkward,
            Headline = Awkward,
            Samples = [Sample(Awkward)],
            Arguments = [new(Awkward, Awkward)],
        }.ToHtml();
        Assert.Null(Markup.Fault(html));
        Assert.DoesNotContain("<b>cat", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        foreach (
            string place in (string[])
                ["<title>", "<h1>", "<p class=\"lead\">", "<dt>", "<dd>", "<h3>", "<th class=\"n\" scope=\"col\">", "<td>", "alt=\""]
        )
        {
            Assert.Contains(place + AwkwardEscaped, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_figures_are_in_it()
    {
        string html = Full().ToHtml();
        Assert.Contains("<strong>100.0</strong>", html, StringComparison.Ordinal);
        Assert.Matches("<td class=\"n\" data-head=\"[a-z]+\">75.0<small>", html);
        Assert.Matches("<td class=\"n\" data-head=\"[a-zA-Z]+\">&#x2B;25.0<small>", html);
        Assert.Contains(">dcsm report --seed 3</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>scenes: seed</dt><dd>11</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>bootstrap</dt><dd>2000 draws, seed 1</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>perfect: method</dt><dd>fake</dd>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_are_as_long_as_accuracies()
    {
        string html = new SceneReport { Result = LazyResult.Value, ExamplesPerKind = 0 }.ToHtml();
        // The longest bar takes 88 percent of the drawing.
        Assert.Contains("<rect class=\"s1\" x=\"0%\" y=\"38\" width=\"88%\"", html, StringComparison.Ordinal);
        Assert.Contains("width=\"66%\"", html, StringComparison.Ordinal);
        Assert.Contains("<title>three of four: 75.0 (", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_headline_follows_from_the_figures_unless_it_is_given()
    {
        const string Sentence =
            "On objects that no head was trained on, three of four picks the right one of two opposite captions in 75.0 % of "
            + "cases; tossing a coin gives 50 %. perfect: 100.0 %.";
        Assert.Equal(Sentence, SceneReport.Summarize(LazyResult.Value));
        SceneReport report = new() { Result = LazyResult.Value, ExamplesPerKind = 0 };
        Assert.Contains(Sentence, report.ToHtml(), StringComparison.Ordinal);
        string other = (report with { Headline = "Mine." }).ToHtml();
        Assert.Contains("<p class=\"lead\">Mine.</p>", other, StringComparison.Ordinal);
        Assert.DoesNotContain("tossing a coin", other, StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_takes_the_part_that_there_is()
    {
        var tests = SceneTestSet.Sample(Objects.Sampler(), Objects.Library, [SplitPart.Train], 1, seed: 1);
        SceneEvaluationResult result = SceneEvaluation.Run(tests, [FakeScorer.Constant(new FakeEncoder())]);
        Assert.Equal(
            "On pairs of objects from training, constant picks the right one of two opposite captions in 0.0 % of cases; "
                + "tossing a coin gives 50 %.",
            SceneReport.Summarize(result)
        );
        Assert.Null(Markup.Fault(new SceneReport { Result = result }.ToHtml()));
    }

    [Fact]
    public void Marks_tell_right_from_wrong_and_are_neutral_where_nothing_is_known()
    {
        Assert.Equal((1, 1, 0), Marks(isTrue: true));
        Assert.Equal((0, 0, 2), Marks(isTrue: null));

        static (int Right, int Wrong, int Chosen) Marks(bool? isTrue)
        {
            ReportSample sample = new(
                "sample",
                SampleMaps.Plain(20),
                SampleMaps.Plain(20),
                ["good", "bad"],
                [new("a", isTrue, [1, 0]), new("b", isTrue is null ? null : false, [0, 1])],
                []
            );
            string html = new SceneReport
            {
                Result = LazyResult.Value,
                Samples = [sample],
                ExamplesPerKind = 0,
            }.ToHtml();
            return (Count(html, "<b class=\"right\">✓</b>"), Count(html, "<b class=\"wrong\">✗</b>"), Count(html, "<b class=\"chosen\">"));
        }
    }

    [Fact]
    public void A_map_has_a_panel_a_word_and_marks_functional_rows()
    {
        string html = new SceneReport
        {
            Result = LazyResult.Value,
            Samples = [Sample("sample")],
            ExamplesPerKind = 0,
        }.ToHtml();
        Assert.Contains("<summary>Dense map: red apple above pear</summary>", html, StringComparison.Ordinal);
        Assert.Equal(1, Count(html, "<figure class=\"functional\">"));
        Assert.Contains("alt=\"apple: 0.10 – 0.85\"", html, StringComparison.Ordinal);
        Assert.Equal(1 + 4 + 2, Count(html, "<img ")); // the picture, its words, the matrix and the legend
    }

    [Fact]
    public void Scenes_are_shown_by_how_they_came_out()
    {
        string html = new SceneReport { Result = LazyResult.Value, ExamplesPerKind = 2 }.ToHtml();
        Assert.Contains("perfect is right, three of four is wrong: the clearest", html, StringComparison.Ordinal);
        Assert.Contains("There is none.", html, StringComparison.Ordinal); // perfect is wrong nowhere
        // Of 8 samples a part, two a kind, the fourth and the eighth are gained.
        Assert.Equal(8 + 2, Count(html, "<img "));
        Assert.Equal(0, Count(new SceneReport { Result = LazyResult.Value, ExamplesPerKind = 0 }.ToHtml(), "<img "));
    }

    [Fact]
    public void A_training_curve_is_drawn_from_two_points_on()
    {
        SceneReport report = new() { Result = LazyResult.Value, ExamplesPerKind = 0 };
        CurvePoint[] curve = [new(0, 0, 0.7, 0.5), new(50, 30, double.NaN), new(100, 61, 0.3, 0.9)];
        string html = (report with { Curve = curve }).ToHtml();
        Assert.Null(Markup.Fault(html));
        Assert.Equal(2, Count(html, "<polyline"));
        Assert.Contains("100 steps in 61 s.", html, StringComparison.Ordinal);
        Assert.Contains("points=\"9,176 98,41.6\"", html, StringComparison.Ordinal); // 50 and 90 percent, of 50 to 100
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<h2>Training</h2>", (report with { Curve = curve[..1] }).ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_written_whole()
    {
        using TemporaryFolder folder = new();
        SceneReport report = new() { Result = LazyResult.Value, ExamplesPerKind = 1 };
        report.Write(folder["report.html"]);
        Assert.Equal(report.ToHtml(), File.ReadAllText(folder["report.html"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static SceneEvaluationResult Run(string threeOfFour, string perfect)
    {
        FakeEncoder encoder = new();
        return SceneEvaluation.Run(
            Objects.Tests(samplesPerKind: 2),
            [FakeScorer.ThreeOfFour(encoder, threeOfFour), FakeScorer.Perfect(encoder, perfect)]
        );
    }

    private static ReportSample Sample(string text)
    {
        RgbImage picture = SampleMaps.Plain(64);
        return new ReportSample(
            text,
            picture,
            picture,
            [text],
            [new ReportCaption(text, true, [0.5f]), new ReportCaption("another", false, [0.25f])],
            [SampleMaps.Of("red apple above pear", patch => 0.1f + 0.05f * patch)]
        );
    }

    private static SceneReport Full() =>
        new()
        {
            Result = LazyResult.Value,
            Curve = [new(0, 0, 0.7, 0.5), new(100, 60, 0.3, 0.9)],
            Samples = [Sample(Awkward), Sample("plain")],
            ExamplesPerKind = 1,
            Arguments = [new("command", "dcsm report --seed 3")],
            ZeroShot = new ZeroShotResult
            {
                Encoder = "fake",
                Fingerprint = "sha256:fake",
                Options = new ZeroShotOptions(),
                Versions = new Dictionary<string, string>(),
                Names = 2,
                Pictures = 4,
                Naming = new(0.25, 0.046, 0.699),
                NamingTop5 = new(1, 0.51, 1),
                NamingEnsemble = new(0.5, 0.15, 0.85),
                Colors = 8,
                TintedPictures = 2,
                ColorNaming = new(1, 0.342, 1),
                Objects = [],
            },
            DenseMaps = new DenseMapDiagnosticsResult(
                "fake",
                "sha256:fake",
                SplitPart.UnseenPairs,
                9,
                1,
                0.9,
                0.8,
                0.7,
                0.6,
                0.5,
                0.4,
                0.3
            ),
        };
}
