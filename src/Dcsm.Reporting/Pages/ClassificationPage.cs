using System.Globalization;
using System.Text;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// One HTML file that shows how pictures were named: each with its labels, and how sure the answer is at other temperatures. It refers to
/// nothing outside itself.
/// </summary>
public sealed class ClassificationPage
{
    private const int LabelsShown = 10,
        LinesShown = 4,
        Points = 41;

    // Of many pictures as many as one looks at.
    private const int MostPictures = 100;

    /// <summary>The pictures with their labels.</summary>
    public required IReadOnlyList<ClassifiedImage> Images { get; init; }

    /// <summary>What the scorer is called that says beside it what it takes for true.</summary>
    public string HeadName { get; init; } = "DCSM";

    /// <summary>What scores were multiplied by.</summary>
    public required double Scale { get; init; }

    /// <summary>Opens a picture to be shown.</summary>
    public required Func<string, RgbImage> Open { get; init; }

    /// <summary>What it was made with.</summary>
    public required IReadOnlyDictionary<string, string> MadeWith { get; init; }

    /// <summary>What computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Writes the page, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, ToHtml());

    /// <summary>The page as HTML.</summary>
    public string ToHtml()
    {
        StringBuilder html = new();
        string count = NumberText.Count(Images.Count, "picture");
        ReportPage.Begin(
            html,
            "Pictures named",
            $"{count}, each with the labels that it was asked for. A probability is the label's share among these: it says which of them, "
                + "not whether any of them is there."
        );
        foreach (ClassifiedImage image in Images.Take(MostPictures))
        {
            html.Append("<section class=\"sample\"><div class=\"picture\">")
                .Append(SceneReportPage.Image(Open(image.Image), image.Image))
                .Append("</div><div><h3>")
                .Append(Html.Escape(image.Image))
                .Append("</h3>")
                .Append(HtmlTable.Render(Labels(image)))
                .Append("</div><details><summary>At other temperatures</summary>")
                .Append(Temperatures(image))
                .Append("</details></section>\n");
        }

        if (Images.Count > MostPictures)
            html.Append($"<p class=\"say\">The first {MostPictures} of {count} are shown.</p>");
        ReportPage.Foot(html, MadeWith, [], Versions);
        return ReportPage.End(html);
    }

    private Table Labels(ClassifiedImage image)
    {
        bool head = image.Labels[0].HeadShare is not null;
        return new Table(
            "",
            [
                new("Label"),
                new("Probability", AlignRight: true),
                new("Score", AlignRight: true),
                .. head ? (TableColumn[])[new($"{HeadName}, share", AlignRight: true), new($"{HeadName}, true", AlignRight: true)] : [],
            ],
            [
                .. image
                    .Labels.Take(LabelsShown)
                    .Select(label => new TableRow([
                        label.Prompt ?? label.Label,
                        TableCell.Fixed(label.Probability, 4),
                        TableCell.Fixed(label.Score, 4),
                        .. head
                            ? (TableCell[])
                                [TableCell.Fixed(label.HeadShare!.Value, 4), TableCell.Fixed(label.HeadProbability ?? double.NaN, 4)]
                            : [],
                    ])),
            ],
            []
        );
    }

    /// <summary>The probabilities of the likeliest labels, from a tenth of the temperature to ten times it.</summary>
    private string Temperatures(ClassifiedImage image)
    {
        float[] scores = [.. image.Labels.Select(label => label.Score)];
        double[] exponents = [.. Enumerable.Range(0, Points).Select(i => -1 + (2.0 * i / (Points - 1)))];
        double[][] shares = [.. exponents.Select(exponent => ClassWeights.Probabilities(scores, Scale * Math.Pow(10, exponent)))];
        SvgPlot.Series[] series =
        [
            .. image
                .Labels.Take(LinesShown)
                .Select(
                    (label, i) =>
                        new SvgPlot.Series(
                            label.Prompt ?? label.Label,
                            $"s{(i + 1) % 4}",
                            [.. exponents.Select((exponent, p) => (exponent, shares[p][i], ""))],
                            Dots: false
                        )
                ),
        ];
        var across = new SvgPlot.Axis(
            "what scores are multiplied by",
            -1,
            1,
            [
                .. new[] { -1.0, -0.5, 0, 0.5, 1 }.Select(at =>
                    (at, (Scale * Math.Pow(10, at)).ToString("0.#", CultureInfo.InvariantCulture))
                ),
            ]
        );
        return SvgPlot.Legend(series)
            + SvgPlot.Render(
                "Probability of the likeliest labels over the temperature",
                across,
                SvgPlot.Share("probability"),
                series,
                [((0, 0), (0, 1))]
            );
    }
}
