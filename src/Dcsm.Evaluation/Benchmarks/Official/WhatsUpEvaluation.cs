using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Published;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>WhatsUp: pairs and sets, and how the two published evaluations count them.</summary>
internal static class WhatsUpEvaluation
{
    public static PairsAndSets PairsAndSets(WhatsUpPairs pairs, IReadOnlyList<Choice> choices, TieRule rule)
    {
        double Correct(IReadOnlyList<(string Key, int[] Items)> groups) =>
            groups.Sum(group => group.Items.Aggregate(1.0, (all, i) => all * Credits.Of(choices[i], rule)));
        return new PairsAndSets(
            pairs.Pairs.Count,
            Correct(pairs.Pairs),
            pairs.Sets.Count,
            Correct(pairs.Sets),
            pairs.IncompletePairs,
            pairs.IncompleteSets
        );
    }

    /// <summary>evaluate_scores of amitakamath/whatsup_vlms.</summary>
    public static WhatsUpOfficial Official(string name, IReadOnlyList<ChoiceItem> items, IReadOnlyList<Choice> choices) =>
        Published(name, items, choices, "on", "under", "_on_", "on", "under");

    /// <summary>
    /// evaluate_scores of the copy in Raphoo/DCSM_Ideal_CLIP: for A it asks for above and below, while the annotation says on and under,
    /// so that those pairs never count and all of their items are filed under below.
    /// </summary>
    public static WhatsUpOfficial DcsmFork(string name, IReadOnlyList<ChoiceItem> items, IReadOnlyList<Choice> choices) =>
        Published(name, items, choices, "above", "below", "_above_", "above", "below");

    private static WhatsUpOfficial Published(
        string name,
        IReadOnlyList<ChoiceItem> items,
        IReadOnlyList<Choice> choices,
        string upper,
        string lower,
        string upperMark,
        string upperLabel,
        string lowerLabel
    )
    {
        bool a = name == BenchmarkNames.WhatsUpA;
        if (!a)
            (upper, lower, upperMark, upperLabel, lowerLabel) = ("in-front", "behind", "_in-front_of_", "in-front_of", "behind");

        Dictionary<(string, string), Dictionary<string, bool>> sets = [];
        for (int i = 0; i < items.Count; i++)
        {
            string[] parts = WhatsUpNames.File(items[i]).Split('_');
            (string, string) key = (parts[0], parts[^1][..Math.Max(0, parts[^1].Length - 5)]);
            if (!sets.TryGetValue(key, out Dictionary<string, bool>? right))
                sets[key] = right = new(StringComparer.Ordinal);
            right[WhatsUpNames.Middle(items[i])] = choices[i].Chosen == 0;
        }

        bool Right(Dictionary<string, bool> set, string relation) => set.GetValueOrDefault(relation);
        int pairs = sets.Values.Sum(set =>
            (Right(set, "left") && Right(set, "right") ? 1 : 0) + (Right(set, upper) && Right(set, lower) ? 1 : 0)
        );
        int whole = sets.Values.Count(set => set.Values.Count(right => right) == 4);

        string Label(ChoiceItem item) =>
            item.Image.Name.Contains("left_of", StringComparison.Ordinal) ? "left_of"
            : item.Image.Name.Contains("right_of", StringComparison.Ordinal) ? "right_of"
            : item.Image.Name.Contains(upperMark, StringComparison.Ordinal) ? upperLabel
            : lowerLabel;
        return new WhatsUpOfficial(
            100.0 * choices.Count(choice => choice.Chosen == 0) / items.Count,
            pairs * 100 / (items.Count / 2.0),
            whole * 100 / (items.Count / 4.0),
            $"Controlled Images - {(a ? "A" : "B")}",
            PublishedRecords.By(items, choices, Label, choice => choice.Chosen == 0)
        );
    }
}
