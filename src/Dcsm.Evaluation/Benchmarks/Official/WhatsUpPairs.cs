using Dcsm.Data.Benchmarks;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>
/// Items of WhatsUp put together. Items of the same objects and relation are told apart by their order, so that none hides another.
/// </summary>
internal sealed class WhatsUpPairs
{
    private WhatsUpPairs(
        IReadOnlyList<(string Key, int[] Items)> pairs,
        IReadOnlyList<(string Key, int[] Items)> sets,
        int incompletePairs,
        int incompleteSets
    ) => (Pairs, Sets, IncompletePairs, IncompleteSets) = (pairs, sets, incompletePairs, incompleteSets);

    /// <summary>Complete pairs: the key of their set and the places of their items.</summary>
    public IReadOnlyList<(string Key, int[] Items)> Pairs { get; }

    /// <summary>Complete sets.</summary>
    public IReadOnlyList<(string Key, int[] Items)> Sets { get; }

    public int IncompletePairs { get; }

    public int IncompleteSets { get; }

    public static WhatsUpPairs Of(IReadOnlyList<ChoiceItem> items)
    {
        List<(string, int[])> pairs = [],
            sets = [];
        int incompletePairs = 0,
            incompleteSets = 0;
        foreach (
            IGrouping<string, int> set in Enumerable
                .Range(0, items.Count)
                .GroupBy(i => WhatsUpNames.SetKey(items[i]), StringComparer.Ordinal)
        )
        {
            ILookup<string, int> byRelation = set.ToLookup(i => WhatsUpNames.Relation(items[i]), StringComparer.Ordinal);
            int whole = int.MaxValue,
                any = 0,
                kinds = 0;
            List<int[]> ofSet = [];
            foreach ((string first, string second) in WhatsUpNames.Opposites)
            {
                int[] one = [.. byRelation[first]],
                    other = [.. byRelation[second]];
                int most = Math.Max(one.Length, other.Length),
                    complete = Math.Min(one.Length, other.Length);
                any = Math.Max(any, most);
                if (most == 0)
                    continue;
                kinds++;
                whole = Math.Min(whole, complete);
                incompletePairs += most - complete;
                for (int i = 0; i < complete; i++)
                {
                    pairs.Add((set.Key, [one[i], other[i]]));
                    if (i == ofSet.Count)
                        ofSet.Add([]);
                    ofSet[i] = [.. ofSet[i], one[i], other[i]];
                }
            }

            int[][] completeSets = kinds == 2 ? [.. ofSet.Take(whole)] : [];
            sets.AddRange(completeSets.Select(members => (set.Key, members)));
            incompleteSets += any - completeSets.Length;
        }

        return new WhatsUpPairs(pairs, sets, incompletePairs, incompleteSets);
    }
}
