using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Official;
using Dcsm.Evaluation.Benchmarks.Published;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>
/// All figures of one scorer on a benchmark of choices: the correct ones under three ways to count ties, and beside them what the
/// published evaluation code of that benchmark gives, errors included.
/// </summary>
public sealed class ChoiceResult
{
    private readonly WhatsUpPairs? _pairs;

    private ChoiceResult(ChoiceBenchmark benchmark, Choice[] choices, QueryRank[] ranks)
    {
        Benchmark = benchmark;
        Ranks = ranks;
        Choices = choices;
        First = Accuracy(TieRule.First);
        Strict = Accuracy(TieRule.Strict);
        Fractional = Accuracy(TieRule.Fractional);
        string name = benchmark.Name;
        Records = PublishedRecords.Of(name, Items, choices);
        if (BenchmarkNames.IsWhatsUp(name))
        {
            _pairs = WhatsUpPairs.Of(Items);
            WhatsUp = WhatsUpEvaluation.Official(name, Items, choices);
            DcsmFork = WhatsUpEvaluation.DcsmFork(name, Items, choices);
        }

        if (BenchmarkNames.IsNegBenchChoice(name))
        {
            AnswerTypes = NegBenchEvaluation.Types(name, Items, choices);
            NegBench = NegBenchEvaluation.Official(name, Items, choices);
        }

        // Its VG-attribution has the right caption first; everywhere else the order is the published one.
        if (BenchmarkNames.IsInDcsmEvaluation(name))
        {
            DcsmOfficial =
                choices.Count(choice => name == BenchmarkNames.VgAttribution ? choice.RightIsBest : choice.Chosen == 0)
                / (double)choices.Length;
        }
    }

    /// <summary>Judges scores.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="scores">[items][options] in the order of the items and of their options; higher is better.</param>
    /// <exception cref="InvalidDataException">
    /// A score is NaN or infinite, or scores are missing or too many; the message names item and option.
    /// </exception>
    public static ChoiceResult Of(ChoiceBenchmark benchmark, IReadOnlyList<double[]> scores)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        ArgumentNullException.ThrowIfNull(scores);
        ScoreRows.Check(benchmark.Items, scores);
        return new ChoiceResult(
            benchmark,
            [.. benchmark.Items.Select((item, i) => Choice.Of(scores[i], item.Right, item.Id))],
            [.. benchmark.Items.Select((item, i) => QueryRank.Of<double>(scores[i], [item.Right]))]
        );
    }

    /// <summary>Judges all scorers of a run.</summary>
    /// <param name="scores">The run.</param>
    /// <returns>[scorers]</returns>
    /// <exception cref="InvalidDataException">A score is NaN or infinite; the message names item and option.</exception>
    public static IReadOnlyList<ChoiceResult> Of(ChoiceScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return [.. scores.Scores.Select(one => Of(scores.Benchmark, one))];
    }

    /// <summary>The benchmark.</summary>
    public ChoiceBenchmark Benchmark { get; }

    /// <summary>The benchmark's items.</summary>
    public IReadOnlyList<ChoiceItem> Items => Benchmark.Items;

    /// <summary>[items] what was chosen.</summary>
    public IReadOnlyList<Choice> Choices { get; }

    /// <summary>Accuracies with a tie falling to the lowest place, as published code counts.</summary>
    public ChoiceAccuracy First { get; }

    /// <summary>Accuracies with ties as wrong.</summary>
    public ChoiceAccuracy Strict { get; }

    /// <summary>Accuracies with ties counted in part, 1/m for m tied options.</summary>
    public ChoiceAccuracy Fractional { get; }

    /// <summary>Accuracies as the benchmark's own program counts ties: most take the lowest place, some count a tie as wrong.</summary>
    public ChoiceAccuracy Published => BenchmarkNames.CountsTiesAsWrong(Benchmark.Name) ? Strict : First;

    /// <summary>Items whose highest score several options share.</summary>
    public int TiesAtTop => Choices.Count(choice => choice.IsTie);

    /// <summary>Those of them whose right option is among the tied ones.</summary>
    public int TiesAtTopWithRightOption => Choices.Count(choice => choice.IsTie && choice.RightIsBest);

    /// <summary>What guessing gives: the mean over items of one over the number of options.</summary>
    public double Chance => Items.Average(item => 1.0 / item.Options.Count);

    /// <summary>Items with another option of the same text as the right one: certain ties.</summary>
    public int ItemsWithEqualOptions =>
        Items.Count(item => item.Options.Where((option, i) => i != item.Right && option == item.Options[item.Right]).Any());

    /// <summary>The tables of ARO's and WhatsUp's code; null for other benchmarks.</summary>
    public OfficialRecords? Records { get; }

    /// <summary>WhatsUp as its own code counts it; null for other benchmarks.</summary>
    public WhatsUpOfficial? WhatsUp { get; }

    /// <summary>WhatsUp as the copy of that code in the official DCSM repository counts it; null for other benchmarks.</summary>
    public WhatsUpOfficial? DcsmFork { get; }

    /// <summary>Accuracy as run_evals.py of the official DCSM repository counts it; null for benchmarks that it does not have.</summary>
    public double? DcsmOfficial { get; }

    /// <summary>NegBench's types of answers; null for other benchmarks.</summary>
    public AnswerTypes? AnswerTypes { get; }

    /// <summary>NegBench as its own code counts it; null for other benchmarks.</summary>
    public NegBenchOfficial? NegBench { get; }

    /// <summary>Accuracies under a way to count ties.</summary>
    public ChoiceAccuracy Under(TieRule rule) =>
        rule switch
        {
            TieRule.First => First,
            TieRule.Strict => Strict,
            TieRule.Fractional => Fractional,
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No such rule for ties."),
        };

    /// <summary>WhatsUp's pairs and sets, only complete ones; null for other benchmarks.</summary>
    public PairsAndSets? PairsAndSets(TieRule rule) => _pairs is null ? null : WhatsUpEvaluation.PairsAndSets(_pairs, Choices, rule);

    internal WhatsUpPairs? Pairs => _pairs;

    /// <summary>[items] where the right option stands among the others by its score.</summary>
    internal IReadOnlyList<QueryRank> Ranks { get; }

    private ChoiceAccuracy Accuracy(TieRule rule)
    {
        bool grouped = Items.Any(item => item.Group.Length > 0);
        GroupAccuracy[] groups = !grouped
            ? []
            :
            [
                .. Enumerable
                    .Range(0, Items.Count)
                    .GroupBy(i => Items[i].Group, StringComparer.Ordinal)
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new GroupAccuracy(group.Key, group.Sum(i => Credits.Of(Choices[i], rule)), group.Count())),
            ];
        return new ChoiceAccuracy(Choices.Sum(choice => Credits.Of(choice, rule)), Items.Count, groups);
    }
}
