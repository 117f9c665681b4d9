using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Diagnostics;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.IO.Collections;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// One HTML file that shows a run on scenes: headline, table, bars, training curve, sample pictures with their dense maps, examples,
/// and what it was made with. It refers to nothing outside itself and reads in light and dark, on a screen and on a phone.
/// </summary>
public sealed record SceneReport
{
    /// <summary>The figures.</summary>
    public required SceneEvaluationResult Result { get; init; }

    /// <summary>What stands at the top.</summary>
    public string Title { get; init; } = "DCSM on opposite scenes";

    /// <summary>The sentence below the title; made from the figures where null.</summary>
    public string? Headline { get; init; }

    /// <summary>The training of the head just trained; empty to leave it out.</summary>
    public IReadOnlyList<CurvePoint> Curve
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<CurvePoint>([]);

    /// <summary>Pictures with captions, scores and dense maps.</summary>
    public IReadOnlyList<ReportSample> Samples
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<ReportSample>([]);

    /// <summary>Any true against any false statements; null to leave it out.</summary>
    public StatementEvaluationResult? Statements { get; init; }

    /// <summary>How the CLIP names single objects; null to leave it out.</summary>
    public ZeroShotResult? ZeroShot { get; init; }

    /// <summary>How well the CLIP's words point; null to leave it out.</summary>
    public DenseMapDiagnosticsResult? DenseMaps { get; init; }

    /// <summary>Examples of each kind: right where the first scorer is wrong, and wrong ones.</summary>
    public int ExamplesPerKind { get; init; } = 2;

    /// <summary>What was asked for, in the order to be shown, such as the command line.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Arguments
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<KeyValuePair<string, string>>([]);

    /// <summary>The report as HTML.</summary>
    public string ToHtml() => SceneReportPage.Render(this);

    /// <summary>Writes the report, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, ToHtml());

    /// <summary>The figures in a sentence or two, on unseen objects where they were measured.</summary>
    public static string Summarize(SceneEvaluationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        SplitPart part = result.Parts.Contains(SplitPart.UnseenObjects) ? SplitPart.UnseenObjects : result.Parts[^1];
        string where = part switch
        {
            SplitPart.UnseenObjects => "On objects that no head was trained on",
            SplitPart.UnseenPairs => "On pairs of objects that no head was trained on",
            _ => "On pairs of objects from training",
        };
        string Share(string scorer) => result.Find(scorer, part) is { } cell ? NumberText.Percent(cell.Accuracy.Value) + " %" : "–";
        string first = result.Scorers[0].Name;
        string sentence =
            $"{where}, {first} picks the right one of two opposite captions in {Share(first)} of cases; tossing a coin gives 50 %.";
        string[] others = [.. result.Scorers.Skip(1).Select(s => $"{s.Name}: {Share(s.Name)}")];
        return others.Length == 0 ? sentence : $"{sentence} {string.Join(", ", others)}.";
    }
}
