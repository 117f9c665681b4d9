using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>NegBench's multiple choice: types of answers, and mcq.py of m1k2zoo/negbench as it counts them.</summary>
internal static class NegBenchEvaluation
{
    // Place 0 of the ordinary sets is the right answer and has no type of its own.
    private static readonly string?[] Places = [null, "hybrid", "positive", "negative"];
    private static readonly string?[] SyntheticPlaces = ["positive", "hybrid", "hybrid", "negative"];

    public static AnswerTypes Types(string name, IReadOnlyList<ChoiceItem> items, IReadOnlyList<Choice> choices)
    {
        (Dictionary<string, int>? predictions, Dictionary<string, Dictionary<string, int>>? wrong) = Count(
            items,
            choices,
            (item, place) => item.OptionTypes.Count > place ? item.OptionTypes[place] : PlaceType(name, place) ?? item.Group
        );
        int all = choices.Count(choice => !choice.Official);
        var byType = AnswerTypes.All.ToDictionary(
            type => type,
            type => wrong.Values.Sum(row => row.GetValueOrDefault(type)),
            StringComparer.Ordinal
        );
        int most = byType.Values.Max();
        return new AnswerTypes(
            predictions,
            wrong.ToDictionary(row => row.Key, row => (IReadOnlyDictionary<string, int>)row.Value, StringComparer.Ordinal),
            all == 0
                ? new Dictionary<string, double>()
                : byType.ToDictionary(type => type.Key, type => 100.0 * type.Value / all, StringComparer.Ordinal),
            most == 0 ? [] : [.. AnswerTypes.All.Where(type => byType[type] == most)]
        );
    }

    public static NegBenchOfficial Official(string name, IReadOnlyList<ChoiceItem> items, IReadOnlyList<Choice> choices)
    {
        (Dictionary<string, int>? predictions, Dictionary<string, Dictionary<string, int>>? wrong) = Count(
            items,
            choices,
            (item, place) => PlaceType(name, place) ?? item.Group
        );
        int[] byPlace = [.. Enumerable.Range(0, 4).Select(place => choices.Count(choice => !choice.Official && choice.Chosen == place))];
        int all = byPlace.Sum();
        int[] places = [.. Enumerable.Range(0, 4).Where(place => PlaceType(name, place) is not null)];

        // Two hybrid places of the synthetic set share one entry: the later overwrites the earlier.
        Dictionary<string, double> percentages = new(StringComparer.Ordinal);
        foreach (int place in places.Where(_ => all > 0))
            percentages[PlaceType(name, place)!] = 100.0 * byPlace[place] / all;

        double Accuracy(string type)
        {
            int[] ofType = [.. Enumerable.Range(0, items.Count).Where(i => items[i].Group == type)];
            return ofType.Length == 0 ? double.NaN : ofType.Count(i => choices[i].Official) / (double)ofType.Length;
        }

        string? stops =
            all == 0 ? "No answer is wrong: the published code divides by zero."
            : name != BenchmarkNames.NegBenchSynthetic && byPlace[0] > 0
                ? "A wrong answer is in place 0: the published code has no type for it (KeyError)."
            : null;
        return new NegBenchOfficial(
            stops,
            choices.Count(choice => choice.Official) / (double)items.Count,
            AnswerTypes.All.ToDictionary(type => type, Accuracy, StringComparer.Ordinal),
            predictions,
            wrong.ToDictionary(row => row.Key, row => (IReadOnlyDictionary<string, int>)row.Value, StringComparer.Ordinal),
            percentages,
            stops is null ? PlaceType(name, places.MaxBy(place => byPlace[place]))! : ""
        );
    }

    private static string? PlaceType(string name, int place) =>
        (name == BenchmarkNames.NegBenchSynthetic ? SyntheticPlaces : Places).ElementAtOrDefault(place);

    private static (Dictionary<string, int> Predictions, Dictionary<string, Dictionary<string, int>> Wrong) Count(
        IReadOnlyList<ChoiceItem> items,
        IReadOnlyList<Choice> choices,
        Func<ChoiceItem, int, string> typeOf
    )
    {
        Dictionary<string, int> predictions = Zeros();
        var wrong = AnswerTypes.All.ToDictionary(type => type, _ => Zeros(), StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i++)
        {
            string question = items[i].Group;
            string answer = choices[i].Official ? question : typeOf(items[i], choices[i].Chosen);
            predictions[answer] = predictions.GetValueOrDefault(answer) + 1;
            if (choices[i].Official)
                continue;
            if (!wrong.TryGetValue(question, out Dictionary<string, int>? row))
                wrong[question] = row = Zeros();
            row[answer] = row.GetValueOrDefault(answer) + 1;
        }

        return (predictions, wrong);
    }

    private static Dictionary<string, int> Zeros() => AnswerTypes.All.ToDictionary(type => type, _ => 0, StringComparer.Ordinal);
}
