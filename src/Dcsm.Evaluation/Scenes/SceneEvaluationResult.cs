using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Tables;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Scenes;

/// <summary>All figures of a run of <see cref="SceneEvaluation"/>, and what is needed to trace them.</summary>
/// <param name="testSet">The samples.</param>
/// <param name="scores">[scorers][samples].</param>
public sealed class SceneEvaluationResult(SceneTestSet testSet, IReadOnlyList<IReadOnlyList<SceneScores>> scores)
{
    /// <summary>What was run, always "scenes".</summary>
    public string Benchmark { get; init; } = "scenes";

    /// <summary>Where the samples come from.</summary>
    public required IReadOnlyDictionary<string, string> Data { get; init; }

    /// <summary>How they were judged.</summary>
    public required SceneEvaluationOptions Options { get; init; }

    /// <summary>What computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>The scorers in the order asked for.</summary>
    public required IReadOnlyList<ScorerDescription> Scorers { get; init; }

    /// <summary>Per part, scorer and kind; the mean over the kinds comes last.</summary>
    public required IReadOnlyList<SceneCell> Cells { get; init; }

    /// <summary>Each scorer against each earlier one.</summary>
    public required IReadOnlyList<SceneComparison> Comparisons { get; init; }

    /// <summary>The samples; not written to JSON.</summary>
    [JsonIgnore]
    public SceneTestSet TestSet { get; } = testSet;

    /// <summary>[scorers][samples]; not written to JSON.</summary>
    [JsonIgnore]
    public IReadOnlyList<IReadOnlyList<SceneScores>> Scores { get; } = scores;

    /// <summary>The parts in the order of the samples.</summary>
    [JsonIgnore]
    public IReadOnlyList<SplitPart> Parts => [.. Cells.Select(c => c.Part).Distinct()];

    /// <summary>The kinds that occur.</summary>
    [JsonIgnore]
    public IReadOnlyList<SceneKind> Kinds => [.. Cells.Where(c => c.Kind is not null).Select(c => c.Kind!.Value).Distinct().Order()];

    /// <summary>The cell of a scorer, part and kind (null: the mean over the kinds); null when there is none.</summary>
    public SceneCell? Find(string scorer, SplitPart part, SceneKind? kind = null) =>
        Cells.FirstOrDefault(c => c.Scorer == scorer && c.Part == part && c.Kind == kind);

    /// <summary>As JSON: camelCase, invariant, shortest numbers that read back the same.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicText.Write(path, ToJson());

    /// <summary>
    /// The main table: a row per part and scorer, a column per kind and one for their mean, with intervals. The best of a part and column
    /// is strong. With <paramref name="details"/>, columns for the other direction and for groups.
    /// </summary>
    public Table ToTable(bool details = false)
    {
        List<TableColumn> columns = [new("Objects"), new("Scorer")];
        columns.AddRange(Kinds.Select(k => new TableColumn(SceneWords.Of(k), AlignRight: true)));
        columns.Add(new TableColumn("mean", AlignRight: true));
        if (details)
            columns.AddRange([new TableColumn("image for caption", AlignRight: true), new TableColumn("all right", AlignRight: true)]);

        List<TableRow> rows = [];
        foreach (SplitPart part in Parts)
        {
            for (int s = 0; s < Scorers.Count; s++)
            {
                List<TableCell> cells = [SceneWords.Of(part), Scorers[s].Name];
                foreach (SceneKind? kind in Kinds.Select(k => (SceneKind?)k).Append(null))
                {
                    double best = Scorers.Max(other => Find(other.Name, part, kind)?.Accuracy.Value ?? double.NegativeInfinity);
                    cells.Add(
                        Find(Scorers[s].Name, part, kind) is { } cell
                            ? TableCell.Percent(cell.Accuracy, Scorers.Count > 1 && cell.Accuracy.Value == best)
                            : "–"
                    );
                }

                if (details)
                {
                    SceneCell? mean = Find(Scorers[s].Name, part);
                    cells.Add(mean is null ? "–" : TableCell.Percent(mean.ImageAccuracy));
                    cells.Add(mean is null ? "–" : TableCell.Percent(mean.GroupAccuracy));
                }

                rows.Add(new TableRow(cells, StartsGroup: s == 0 && rows.Count > 0));
            }
        }

        return new Table("Right caption of two, percent", columns, rows, Notes(details));
    }

    /// <summary>The comparisons: differences in points with intervals, and p values.</summary>
    public Table ToComparisonTable()
    {
        List<TableColumn> columns = [new("Objects"), new("Difference")];
        columns.AddRange(Kinds.Select(k => new TableColumn(SceneWords.Of(k), AlignRight: true)));
        columns.AddRange([new TableColumn("mean", AlignRight: true), new TableColumn("p", AlignRight: true)]);
        List<TableRow> rows = [];
        foreach (
            IGrouping<(SplitPart Part, string First, string Second), SceneComparison> group in Comparisons.GroupBy(c =>
                (c.Part, c.First, c.Second)
            )
        )
        {
            List<TableCell> cells = [SceneWords.Of(group.Key.Part), $"{group.Key.First} − {group.Key.Second}"];
            cells.AddRange(Kinds.Select(k => group.FirstOrDefault(c => c.Kind == k) is { } c ? TableCell.Points(c.Difference) : "–"));
            SceneComparison? mean = group.FirstOrDefault(c => c.Kind is null);
            cells.Add(mean is null ? "–" : TableCell.Points(mean.Difference));
            cells.Add(mean is null ? "–" : NumberText.PValue(mean.McNemarP));
            rows.Add(
                new TableRow(cells, rows.Count > 0 && group.Key.Part != Comparisons[0].Part && rows[^1].Cells[0].Text != cells[0].Text)
            );
        }

        return new Table(
            "Differences, percentage points",
            columns,
            rows,
            [$"In brackets: {IntervalName} by a paired bootstrap over samples. p: McNemar, exact, on samples whose items are all right."]
        );
    }

    /// <summary>
    /// Writes <c>items.csv</c>: a row per sample, paraphrase and image, and for each scorer the score of the right and of the wrong caption
    /// and whether the choice is right.
    /// </summary>
    public void WriteItems(string path)
    {
        StringBuilder text = new("sample,part,kind,paraphrase,image,right_caption,wrong_caption");
        foreach (ScorerDescription scorer in Scorers)
        {
            foreach (string column in (string[])["right_score", "wrong_score", "is_right", "is_tie"])
                text.Append(',').Append(CsvText.Escape($"{scorer.Name} {column}"));
        }

        text.Append('\n');
        for (int i = 0; i < TestSet.Tests.Count; i++)
        {
            SceneTest test = TestSet.Tests[i];
            for (int paraphrase = 0; paraphrase < test.Paraphrases; paraphrase++)
            {
                for (int image = 0; image < 2; image++)
                {
                    (string? right, string? wrong) =
                        image == 0
                            ? (test.Captions[paraphrase], test.OppositeCaptions[paraphrase])
                            : (test.OppositeCaptions[paraphrase], test.Captions[paraphrase]);
                    text.Append(
                            CultureInfo.InvariantCulture,
                            $"{CsvText.Escape(test.Id)},{SceneNames.Of(test.Part)},{SceneNames.Of(test.Kind)},{paraphrase},{(image == 0 ? "image" : "opposite")},"
                        )
                        .Append(CsvText.Escape(right))
                        .Append(',')
                        .Append(CsvText.Escape(wrong));
                    for (int s = 0; s < Scorers.Count; s++)
                    {
                        SceneScores scores = Scores[s][i];
                        text.Append(
                            CultureInfo.InvariantCulture,
                            $",{scores.Score(paraphrase, image, image)},{scores.Score(paraphrase, image, 1 - image)},{(scores.CaptionChoice(paraphrase, image).Strict ? 1 : 0)},{(scores.CaptionChoice(paraphrase, image).IsTie ? 1 : 0)}"
                        );
                    }

                    text.Append('\n');
                }
            }
        }

        AtomicText.Write(path, text.ToString());
    }

    private string IntervalName => string.Create(CultureInfo.InvariantCulture, $"{Options.Confidence * 100:0.##} % intervals");

    private List<string> Notes(bool details)
    {
        SceneCell[] means = [.. Cells.Where(c => c.Kind is null)];
        SceneCell[] kinds = [.. Cells.Where(c => c.Kind is not null)];
        int least = kinds.Min(c => c.Samples),
            most = kinds.Max(c => c.Samples);
        string samples = least == most ? NumberText.Count(least) : $"{NumberText.Count(least)} to {NumberText.Count(most)}";
        List<string> notes =
        [
            $"{samples} samples of each kind, each with two opposite images and {Paraphrases} of caption and opposite caption. Chance 50. In brackets: {IntervalName} by a bootstrap over samples.",
        ];
        if (details)
        {
            notes.Add(
                "Image for caption: the other direction, mean of the kinds, chance 50. All right: both images and both captions of a paraphrase at once, chance 16.7."
            );
        }

        foreach (SceneCell cell in means.Where(c => c.Ties > 0))
        {
            notes.Add(
                $"{cell.Scorer}, {SceneWords.Of(cell.Part)}: {NumberText.Count(cell.Ties)} of {NumberText.Count(cell.Items)} choices are ties and count as wrong; counting half, the mean is {NumberText.Percent(cell.ExpectedAccuracy)}."
            );
        }

        return notes;
    }

    private string Paraphrases
    {
        get
        {
            int[] paraphrases = [.. TestSet.Tests.Select(t => t.Paraphrases).Distinct()];
            return paraphrases is [1] ? "one paraphrase"
                : paraphrases is [2] ? "two paraphrases"
                : "several paraphrases";
        }
    }
}
