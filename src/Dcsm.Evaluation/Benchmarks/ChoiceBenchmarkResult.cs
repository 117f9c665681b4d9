using System.Globalization;
using System.Text.Json.Serialization;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>A run on a benchmark of choices: the right caption among several.</summary>
public sealed class ChoiceBenchmarkResult : BenchmarkResult
{
    /// <summary>Judges scores.</summary>
    /// <param name="scores">What <see cref="BenchmarkRunner"/> gave.</param>
    /// <param name="arguments">What was asked for, for the record.</param>
    /// <param name="options">How intervals are computed.</param>
    /// <exception cref="InvalidDataException">Nothing is left to judge by.</exception>
    public ChoiceBenchmarkResult(
        ChoiceScores scores,
        IReadOnlyDictionary<string, string>? arguments = null,
        BenchmarkStatisticsOptions? options = null
    )
        : base(Checked(scores).Benchmark, scores.Scorers, scores.Skipped, arguments, options)
    {
        Scores = scores;
        CutCaptions = scores.Cut;
        Choices = ChoiceResult.Of(scores);
        Items = scores.Benchmark.Items.Count;
        Images = scores.Benchmark.Items.Select(item => (item.Image.Path, item.Image.Box)).Distinct().Count();
        Chance = Choices[0].Chance;
        MainFigure = Options.ChoiceKey("accuracy");
        Groups = [.. GroupsOf(scores.Benchmark.Items.Select(item => item.Group))];
        Categories = [.. GroupsOf(scores.Benchmark.Items.Select(item => item.Category))];
        Results =
        [
            .. Choices.Select(
                (result, s) => Figured(Scorers[s].Name, BenchmarkFigures.Of(result), BenchmarkStatistics.Estimates(result, Options))
            ),
        ];
        Comparisons = Compare(Choices, BenchmarkStatistics.Compare);
        Notes =
        [
            .. Scorers
                .Zip(Choices, (scorer, result) => (scorer.Name, Result: result))
                .Where(x => x.Result.TiesAtTop > 0)
                .Select(x =>
                    $"{x.Name}: {NumberText.Count(x.Result.TiesAtTop, "tie")} at the top, "
                    + $"{NumberText.Count(x.Result.TiesAtTopWithRightOption)} of them with the right caption."
                ),
            .. scores.Cut.Select(cut => cut.ToString()),
        ];
    }

    /// <summary>The scores; not written to JSON.</summary>
    [JsonIgnore]
    public ChoiceScores Scores { get; }

    /// <summary>[scorers] what was chosen; not written to JSON.</summary>
    [JsonIgnore]
    public IReadOnlyList<ChoiceResult> Choices { get; }

    private protected override IEnumerable<IEnumerable<string>> ItemRows()
    {
        string[] columns = ["scores", "choice", "is_right", "is_tie"];
        yield return
        [
            "item",
            "group",
            "image",
            "right",
            "options",
            .. Scorers.SelectMany(scorer => columns.Select(column => $"{scorer.Name} {column}")),
        ];
        for (int i = 0; i < Scores.Benchmark.Items.Count; i++)
        {
            ChoiceItem item = Scores.Benchmark.Items[i];
            List<string> row = [item.Id, item.Group, item.Image.Name, Text(item.Right), ResultJson.Line(item.Options)];
            for (int s = 0; s < Scorers.Count; s++)
            {
                Choice choice = Choices[s].Choices[i];
                row.Add(string.Join(' ', Scores.Scores[s][i].Select(x => ((float)x).ToString("R", CultureInfo.InvariantCulture))));
                row.AddRange([Text(choice.Chosen), choice.Strict ? "1" : "0", choice.IsTie ? "1" : "0"]);
            }

            yield return row;
        }

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private static ChoiceScores Checked(ChoiceScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return scores.Benchmark.Items.Count > 0
            ? scores
            : throw new InvalidDataException($"{scores.Benchmark.Name}: every item was skipped, so there is nothing to judge by.");
    }
}
