using System.Globalization;
using System.Text.Json.Serialization;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>A run on a benchmark of pictures and captions whose every pair is known to match or not.</summary>
public sealed class MatchBenchmarkResult : BenchmarkResult
{
    /// <summary>Judges scores.</summary>
    /// <param name="scores">What <see cref="BenchmarkRunner"/> gave.</param>
    /// <param name="arguments">What was asked for, for the record.</param>
    /// <param name="options">How intervals are computed.</param>
    /// <exception cref="InvalidDataException">Nothing is left to judge by.</exception>
    public MatchBenchmarkResult(
        MatchScores scores,
        IReadOnlyDictionary<string, string>? arguments = null,
        BenchmarkStatisticsOptions? options = null
    )
        : base(Checked(scores).Benchmark, scores.Scorers, scores.Skipped, arguments, options)
    {
        Scores = scores;
        CutCaptions = scores.Cut;
        Matches = MatchResult.Of(scores);
        MatchResult first = Matches[0];
        Items = first.Items.Count;
        Images =
            first.Benchmark.Task == MatchTask.Captions
                ? 0
                : first.Items.SelectMany(item => item.Images).Select(image => (image.Path, image.Box)).Distinct().Count();
        Chance = first.Chance;
        MainFigure = first.Credits(0, TieRule.Strict).Any() ? Options.ChoiceKey(first.MainFigure) : $"direct.{first.MainFigure}";
        Groups = [.. GroupsOf(first.Items.Select(item => item.Group))];
        Categories = [.. GroupsOf(first.Items.Select(item => item.Category))];
        Results =
        [
            .. Matches.Select(
                (result, s) => Figured(Scorers[s].Name, BenchmarkFigures.Of(result), BenchmarkStatistics.Estimates(result, Options))
            ),
        ];
        Comparisons = Compare(Matches, BenchmarkStatistics.Compare);
        Notes =
        [
            .. Scorers.Zip(Matches, (scorer, result) => Said(scorer.Name, result)).SelectMany(said => said),
            .. Asked(first),
            .. scores.Cut.Select(cut => cut.ToString()),
        ];
    }

    /// <summary>The scores; not written to JSON.</summary>
    [JsonIgnore]
    public MatchScores Scores { get; }

    /// <summary>[scorers] how they were judged; not written to JSON.</summary>
    [JsonIgnore]
    public IReadOnlyList<MatchResult> Matches { get; }

    private static IEnumerable<string> Said(string scorer, MatchResult result)
    {
        if (result.Ties > 0)
            yield return $"{scorer}: {NumberText.Count(result.Ties, "item")} in which two scores are equal.";
        if (result.Threshold is { } threshold)
            yield return $"{scorer}: said to be true above {NumberText.Fixed(threshold, 4)}.";
    }

    private static IEnumerable<string> Asked(MatchResult result)
    {
        if (result.Benchmark.Task == MatchTask.Statements)
        {
            int chosenOn = result.Benchmark.Items.Count - result.Items.Count;
            double isTrue = result.Items.Average(item => item.Matches[0] == true ? 1.0 : 0);
            yield return chosenOn > 0
                ? $"Thresholds are chosen on {NumberText.Count(chosenOn, "other statement")}."
                : "No statement is there to choose a threshold on (part dev), so that there is no accuracy.";
            yield return $"{NumberText.Percent(isTrue)} % of the statements are true.";
        }

        if (result.LabelsLeftOut > 0)
            yield return $"{NumberText.Count(result.LabelsLeftOut, "label")} left out of the mean: no picture that is asked shows them.";
    }

    private protected override IEnumerable<IEnumerable<string>> ItemRows()
    {
        string[] figures = [.. Matches[0].Credits(0, TieRule.Strict).Select(figure => figure.Figure)];
        yield return
        [
            "item",
            "group",
            "images",
            "captions",
            "matches",
            .. Scorers.SelectMany(scorer => (string[])[$"{scorer.Name} scores", .. figures.Select(figure => $"{scorer.Name} {figure}")]),
        ];
        int judged = 0;
        for (int i = 0; i < Scores.Benchmark.Items.Count; i++)
        {
            MatchItem item = Scores.Benchmark.Items[i];
            List<string> row =
            [
                item.Id,
                item.Group,
                ResultJson.Line(item.Images.Select(image => image.Name).ToArray()),
                ResultJson.Line(item.Captions),
                string.Join(
                    ' ',
                    item.Matches.Select(match =>
                        match is { } known
                            ? known
                                ? "1"
                                : "0"
                            : "-"
                    )
                ),
            ];
            for (int s = 0; s < Scorers.Count; s++)
            {
                row.Add(string.Join(' ', Scores.Scores[s][i].Select(x => ((float)x).ToString("R", CultureInfo.InvariantCulture))));
                row.AddRange(
                    item.IsDev
                        ? figures.Select(_ => "")
                        : Matches[s].Credits(judged, TieRule.Strict).Select(figure => figure.Credit == 1 ? "1" : "0")
                );
            }

            judged += item.IsDev ? 0 : 1;
            yield return row;
        }
    }

    private static MatchScores Checked(MatchScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return scores.Benchmark.Items.Any(item => !item.IsDev)
            ? scores
            : throw new InvalidDataException($"{scores.Benchmark.Name}: every item was skipped, so there is nothing to judge by.");
    }
}
