using System.Globalization;
using System.Text.Json.Serialization;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Statements;

/// <summary>All figures of a run of <see cref="StatementEvaluation"/>, and what is needed to trace them.</summary>
/// <param name="testSet">The pictures.</param>
/// <param name="scores">[scorers][pictures].</param>
public sealed class StatementEvaluationResult(StatementTestSet testSet, IReadOnlyList<IReadOnlyList<StatementScores>> scores)
{
    /// <summary>What was run, always "statements".</summary>
    public string Benchmark { get; init; } = "statements";

    /// <summary>Where the pictures come from.</summary>
    public required IReadOnlyDictionary<string, string> Data { get; init; }

    /// <summary>How they were judged.</summary>
    public required StatementEvaluationOptions Options { get; init; }

    /// <summary>What computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>The scorers in the order asked for.</summary>
    public required IReadOnlyList<ScorerDescription> Scorers { get; init; }

    /// <summary>How each scorer's scores become probabilities; null where they do not.</summary>
    public required IReadOnlyList<ScoreCalibration?> Calibrations { get; init; }

    /// <summary>How many different captions there are.</summary>
    public required int Captions { get; init; }

    /// <summary>How many of them are longer than each scorer reads, and are cut.</summary>
    public required IReadOnlyList<int> CutCaptions { get; init; }

    /// <summary>The figures, by part and scorer.</summary>
    public required IReadOnlyList<StatementFigure> Figures { get; init; }

    /// <summary>Each scorer against each earlier one, in the figures that both have.</summary>
    public required IReadOnlyList<StatementDifference> Differences { get; init; }

    /// <summary>Reliability diagrams of the scorers that give probabilities.</summary>
    public required IReadOnlyList<ReliabilityDiagram> Reliability { get; init; }

    /// <summary>The pictures; not written to JSON.</summary>
    [JsonIgnore]
    public StatementTestSet TestSet { get; } = testSet;

    /// <summary>[scorers][pictures]; not written to JSON.</summary>
    [JsonIgnore]
    public IReadOnlyList<IReadOnlyList<StatementScores>> Scores { get; } = scores;

    /// <summary>The parts in the order of the pictures.</summary>
    [JsonIgnore]
    public IReadOnlyList<SplitPart> Parts => [.. Figures.Select(figure => figure.Part).Distinct()];

    /// <summary>The kinds that occur.</summary>
    [JsonIgnore]
    public IReadOnlyList<StatementKind> Kinds =>
        [.. Figures.Where(figure => figure.Kind is not null).Select(figure => figure.Kind!.Value).Distinct().Order()];

    /// <summary>A figure; null when there is none.</summary>
    public StatementFigure? Find(
        string scorer,
        SplitPart part,
        StatementMeasure measure,
        StatementWordings wordings = StatementWordings.Trained,
        StatementKind? kind = null
    ) =>
        Figures.FirstOrDefault(figure =>
            figure.Scorer == scorer
            && figure.Part == part
            && figure.Measure == measure
            && figure.Wordings == wordings
            && figure.Kind == kind
        );

    /// <summary>As JSON: camelCase, invariant, shortest numbers that read back the same.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());

    /// <summary>
    /// Writes <c>items.csv</c>: a row per picture and statement (true and false in turn, then the choices), with each scorer's score.
    /// </summary>
    public void WriteItems(string path, bool raw = false) => AtomicFile.Write(path, stream => CsvTable.Write(stream, ItemRows(), raw));

    private IEnumerable<IEnumerable<string>> ItemRows()
    {
        yield return ["picture", "part", "kind", "wordings", "is_true", "statement", .. Scorers.Select(scorer => scorer.Name)];
        for (int i = 0; i < TestSet.Pictures.Count; i++)
        {
            StatementPicture picture = TestSet.Pictures[i];
            int twins = picture.Said.Twins.Count;
            for (int s = 0; s < picture.Statements.Count; s++)
            {
                WrittenStatement written = picture.Statements[s];
                int statement = s;
                yield return
                [
                    picture.Id,
                    SceneNames.Of(picture.Part),
                    s < 2 * twins ? SceneNames.Of(written.Statement.Kind) : "choice",
                    s < 2 * twins && picture.Said.Twins[s / 2].Wordings == StatementWordings.Other ? "other" : "trained",
                    (s < 2 * twins ? s % 2 == 0 : s == 2 * twins) ? "1" : "0",
                    written.Text,
                    .. Scores.Select(scorer => scorer[i].Statements[statement].ToString(CultureInfo.InvariantCulture)),
                ];
            }
        }
    }
}
