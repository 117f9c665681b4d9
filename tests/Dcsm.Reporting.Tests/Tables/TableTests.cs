using Dcsm.Evaluation.Statistics;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Tests.Tables;

public class TableTests
{
    private static Table Sample() =>
        new(
            "Right of two, percent",
            [new("Objects"), new("Scorer"), new("color", AlignRight: true)],
            [
                new TableRow(["unseen pairs", "CLIP", TableCell.Percent(new Estimate(0.5025, 0.48, 0.525))]),
                new TableRow(["unseen pairs", "DCSM_a | b", TableCell.Percent(new Estimate(0.97, 0.96, 0.98), strong: true)]),
                new TableRow(["unseen objects", "100% <new>", TableCell.Percent(new Estimate(double.NaN, 0, 0))], StartsGroup: true),
            ],
            ["Chance 50."]
        );

    [Fact]
    public void Markdown() =>
        Assert.Equal(
            """
            **Right of two, percent**

            | Objects | Scorer | color |
            | --- | --- | ---: |
            | unseen pairs | CLIP | 50.3 (48.0–52.5) |
            | unseen pairs | DCSM_a \| b | **97.0** (96.0–98.0) |
            | unseen objects | 100% &lt;new&gt; | – |

            Chance 50.

            """,
            TableRenderer.ToMarkdown(Sample())
        );

    [Fact]
    public void Latex() =>
        Assert.Equal(
            """
            \begin{table}
            \centering
            \caption{Right of two, percent}
            \begin{tabular}{llr}
            \toprule
            Objects & Scorer & color \\
            \midrule
            unseen pairs & CLIP & 50.3 {\scriptsize (48.0--52.5)} \\
            unseen pairs & DCSM\_a \textbar{} b & \textbf{97.0} {\scriptsize (96.0--98.0)} \\
            \midrule
            unseen objects & 100\% \textless{}new\textgreater{} & -- \\
            \bottomrule
            \end{tabular}
            \par\smallskip{\footnotesize Chance 50.}
            \end{table}

            """,
            TableRenderer.ToLatex(Sample())
        );

    [Fact]
    public void Text() =>
        Assert.Equal(
            """
            Right of two, percent
            Objects         Scorer                 color
            ──────────────  ──────────  ────────────────
            unseen pairs    CLIP        50.3 (48.0–52.5)
            unseen pairs    DCSM_a | b  97.0 (96.0–98.0)
            ──────────────  ──────────  ────────────────
            unseen objects  100% <new>                 –
            Chance 50.

            """,
            TableRenderer.ToText(Sample())
        );

    [Fact]
    public void Csv() =>
        Assert.Equal(
            """
            Objects,Scorer,color,color low,color high
            unseen pairs,CLIP,50.25,48,52.5
            unseen pairs,DCSM_a | b,97,96,98
            unseen objects,100% <new>,,,

            """,
            TableRenderer.ToCsv(Sample())
        );

    [Fact]
    public void Csv_has_plain_numbers_where_other_tables_have_signs_and_thin_spaces()
    {
        Table table = new(
            "",
            [new("n", AlignRight: true), new("d", AlignRight: true), new("p", AlignRight: true), new("words", AlignRight: true)],
            [new TableRow([TableCell.Count(12_000), TableCell.Points(new Estimate(-0.037, -0.05, 0)), TableCell.PValue(2e-20), "some"])],
            []
        );
        Assert.Equal("n,d,d low,d high,p,words\n12000,-3.7,-5,0,2E-20,some\n", TableRenderer.ToCsv(table));
        Assert.Contains("12\u202F000", TableRenderer.ToText(table), StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_quotes_commas_and_quotes() =>
        Assert.Equal("a\n\"x, \"\"y\"\"\"\n", TableRenderer.ToCsv(new Table("", [new("a")], [new TableRow(["x, \"y\""])], [])));

    [Fact]
    public void Line_breaks_do_not_tear_a_row() =>
        Assert.Equal("| a |\n| --- |\n| x y |\n", TableRenderer.ToMarkdown(new Table("", [new("a")], [new TableRow(["x\ny"])], [])));

    [Fact]
    public void A_row_of_another_length_is_an_error() =>
        Assert.Throws<ArgumentException>(() => TableRenderer.ToText(new Table("t", [new("a"), new("b")], [new TableRow(["x"])], [])));

    // Half of the shares of 2000 choices end in a five at the second decimal; their doubles lie on either side of it.
    [Fact]
    public void Halves_are_rounded_up_as_by_hand()
    {
        for (int right = 1; right < 2000; right += 2)
        {
            string expected = ((right * 5 + 5) / 100m).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(expected, NumberText.Percent(right / 2000.0));
            Assert.Equal("+" + expected, NumberText.Points(right / 2000.0));
        }
    }

    [Theory]
    [InlineData(0.042, "+4.2")]
    [InlineData(-0.01, "−1.0")]
    [InlineData(0.0001, "±0.0")]
    public void Points_have_their_sign(double difference, string expected) => Assert.Equal(expected, NumberText.Points(difference));

    [Theory]
    [InlineData(0.04138947, "0.041")]
    [InlineData(0.5, "0.5")]
    [InlineData(1, "1.0")]
    [InlineData(0.00012345, "1.2e-4")]
    [InlineData(1e-20, "< 1e-16")]
    public void P_values(double p, string expected) => Assert.Equal(expected, NumberText.PValue(p));

    [Theory]
    [InlineData(-0.00004, "0.0000")]
    [InlineData(-0.00005, "-0.0001")]
    [InlineData(-1234.5, "-1234.5000")]
    [InlineData(double.NaN, "–")]
    public void A_zero_has_no_sign(double value, string expected) => Assert.Equal(expected, NumberText.Fixed(value, 4));

    [Fact]
    public void Counts_are_grouped() => Assert.Equal("12\u202F000", NumberText.Count(12000));

    [Theory]
    [InlineData(0, "0 scores")]
    [InlineData(1, "1 score")]
    [InlineData(12_000, "12\u202F000 scores")]
    public void One_is_not_many(int count, string expected) => Assert.Equal(expected, NumberText.Count(count, "score"));
}
