using System.Numerics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>Where what a query seeks stands in its ranking.</summary>
/// <param name="Higher">How many others have a higher score than the best that is sought.</param>
/// <param name="SoughtTied">How many that are sought have the score of the best of them, at least one.</param>
/// <param name="OtherTied">How many others have that score.</param>
internal readonly record struct QueryRank(int Higher, int SoughtTied, int OtherTied)
{
    public bool Optimistic(int k) => Higher < k;

    public bool Strict(int k) => Higher + OtherTied < k;

    /// <summary>The chance that one that is sought is among the free places, all orders of the tied ones being as likely.</summary>
    public double Expected(int k) => k <= Higher ? 0 : 1 - NoneDrawn(SoughtTied + OtherTied, OtherTied, k - Higher);

    public double Credit(int k, RecallRule rule) =>
        rule switch
        {
            RecallRule.Optimistic => Optimistic(k) ? 1 : 0,
            RecallRule.Strict => Strict(k) ? 1 : 0,
            RecallRule.Expected => Expected(k),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No such rule for ties."),
        };

    /// <summary>The chance that so many drawn of all are all among the others: C(others, drawn) / C(all, drawn).</summary>
    public static double NoneDrawn(int all, int others, int drawn)
    {
        if (drawn > others)
            return 0;
        double none = 1;
        for (int i = 0; i < drawn; i++)
            none *= (others - i) / (double)(all - i);
        return none;
    }

    /// <param name="scores">The score of each place of the gallery.</param>
    /// <param name="sought">The places that are sought, at least one.</param>
    public static QueryRank Of<T>(ReadOnlySpan<T> scores, ReadOnlySpan<int> sought)
        where T : struct, IFloatingPointIeee754<T>
    {
        T best = T.NegativeInfinity;
        foreach (int place in sought)
        {
            if (scores[place] > best)
                best = scores[place];
        }

        int higher = 0,
            equal = 0,
            soughtTied = 0;
        foreach (T score in scores)
        {
            if (score > best)
                higher++;
            else if (score == best)
                equal++;
        }

        foreach (int place in sought)
        {
            if (scores[place] == best)
                soughtTied++;
        }

        return new QueryRank(higher, soughtTied, equal - soughtTied);
    }
}
