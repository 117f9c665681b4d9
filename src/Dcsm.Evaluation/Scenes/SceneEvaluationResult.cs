using System.Globalization;
using System.Text.Json.Serialization;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scorers;
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
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());

    /// <summary>
    /// Writes <c>items.csv</c>: a row per sample, paraphrase and image, and for each scorer the score of the right and of the wrong caption
    /// and whether the choice is right.
    /// </summary>
    public void WriteItems(string path, bool raw = false) => AtomicFile.Write(path, stream => CsvTable.Write(stream, ItemRows(), raw));

    private IEnumerable<IEnumerable<string>> ItemRows()
    {
        string[] columns = ["right_score", "wrong_score", "is_right", "is_tie"];
        yield return
        [
            "sample",
            "part",
            "kind",
            "paraphrase",
            "image",
            "right_caption",
            "wrong_caption",
            .. Scorers.SelectMany(scorer => columns.Select(column => $"{scorer.Name} {column}")),
        ];
        for (int i = 0; i < TestSet.Tests.Count; i++)
        {
            for (int paraphrase = 0; paraphrase < TestSet.Tests[i].Paraphrases; paraphrase++)
            {
                for (int image = 0; image < 2; image++)
                    yield return ItemRow(i, paraphrase, image);
            }
        }
    }

    private List<string> ItemRow(int i, int paraphrase, int image)
    {
        SceneTest test = TestSet.Tests[i];
        (string right, string wrong) = (test.Captions[paraphrase], test.OppositeCaptions[paraphrase]);
        if (image != 0)
            (right, wrong) = (wrong, right);
        List<string> row =
        [
            test.Id,
            SceneNames.Of(test.Part),
            SceneNames.Of(test.Kind),
            paraphrase.ToString(CultureInfo.InvariantCulture),
            image == 0 ? "image" : "opposite",
            right,
            wrong,
        ];
        foreach (SceneScores scores in Scores.Select(scorer => scorer[i]))
        {
            row.Add(scores.Score(paraphrase, image, image).ToString(CultureInfo.InvariantCulture));
            row.Add(scores.Score(paraphrase, image, 1 - image).ToString(CultureInfo.InvariantCulture));
            row.Add(scores.CaptionChoice(paraphrase, image).Strict ? "1" : "0");
            row.Add(scores.CaptionChoice(paraphrase, image).IsTie ? "1" : "0");
        }

        return row;
    }
}
