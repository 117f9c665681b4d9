using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Official;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Published;

/// <summary>The tables of evaluate_scores in mertyg/vision-language-models-are-bows and amitakamath/whatsup_vlms.</summary>
internal static class PublishedRecords
{
    /// <summary>Smaller groups of VG-attribution are dropped.</summary>
    public const int LeastItems = 25;

    public static OfficialRecord[] By(
        IReadOnlyList<ChoiceItem> items,
        IReadOnlyList<Choice> choices,
        Func<ChoiceItem, string> label,
        Func<Choice, bool> right,
        int least = 1
    ) =>
        [
            .. Enumerable
                .Range(0, items.Count)
                .GroupBy(i => label(items[i]), StringComparer.Ordinal)
                .Where(group => group.Count() >= least)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new OfficialRecord(group.Key, group.Count(i => right(choices[i])) / (double)group.Count(), group.Count())),
        ];

    /// <summary>Null where the benchmark has no such table.</summary>
    public static OfficialRecords? Of(string name, IReadOnlyList<ChoiceItem> items, IReadOnlyList<Choice> choices)
    {
        (string Field, string Dataset, Func<ChoiceItem, string> Label, int Least)? table = name switch
        {
            BenchmarkNames.VgRelation => ("Relation", "Visual Genome Relation", item => item.Group, 1),
            BenchmarkNames.VgAttribution => ("Attributes", "Visual Genome Attribution", item => item.Group, LeastItems),
            "coco-qa-1" => ("Preposition", "COCO-QA one-object", LastWord, 1),
            "vg-qa-1" => ("Preposition", "VG-QA one-object", LastWord, 1),
            "coco-qa-2" => ("Preposition", "COCO-QA two-object", item => Found(item, ["left of", "right of", "above"], "below"), 1),
            "vg-qa-2" => ("Preposition", "VG-QA two-object", item => Found(item, ["left of", "right of", "front of", "behind"], "top"), 1),
            _ => null,
        };
        if (table is not { } found)
            return null;

        OfficialRecord[] records = By(items, choices, found.Label, choice => choice.Official, found.Least);
        return new OfficialRecords(
            found.Field,
            found.Dataset,
            100.0 * choices.Count(choice => choice.Official) / items.Count,
            records,
            records.Length == 0 ? null : records.Average(record => record.Accuracy)
        );
    }

    private static string LastWord(ChoiceItem item) =>
        item.Options[item.Right].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [.., var last] ? last : "";

    // "left of" is filed under "left"; what has none of the words goes to the last name, right or not.
    private static string Found(ChoiceItem item, string[] phrases, string otherwise)
    {
        string? phrase = phrases.FirstOrDefault(p => item.Options[item.Right].Contains(p, StringComparison.Ordinal));
        return phrase is null ? otherwise : phrase.Split(' ')[0];
    }
}
