namespace Dcsm.Training.Probing;

/// <summary>
/// Looks for the C that does best on validation: 96 values from 1e-6 to 1e6, coarse to fine (Radford et al. 2021, A.3). Each fit begins at
/// the one nearest to it.
/// </summary>
public static class RegularizationSweep
{
    /// <summary>How many values there are.</summary>
    public const int Values = 96;

    // Every 16th value first, then halfway to the neighbors of the best one, and again.
    private const int CoarseStep = 16;

    /// <summary>The values, ascending.</summary>
    public static IReadOnlyList<double> Grid { get; } =
    [.. Enumerable.Range(0, Values).Select(i => Math.Pow(10, -6 + (12.0 * i / (Values - 1))))];

    /// <summary>Fits and judges until no neighbor is left.</summary>
    /// <param name="fit">Fits with a C, from a start or from 0.</param>
    /// <param name="judge">The share of validation pictures that a fit has right.</param>
    /// <returns>The best fit, the smaller C among equals, and all that was tried, by C.</returns>
    public static (LogisticFit Best, IReadOnlyList<(double C, double Accuracy)> Trials) Find(
        Func<double, LogisticFit?, LogisticFit> fit,
        Func<LogisticFit, double> judge
    )
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(judge);
        var tried = new SortedDictionary<int, (LogisticFit Fit, double Accuracy)>();
        for (int i = 0; i < Values; i += CoarseStep)
            Try(i);
        Try(Values - 1);
        for (int step = CoarseStep / 2; step >= 1; step /= 2)
        {
            int best = Best();
            Try(best - step);
            Try(best + step);
        }

        return (tried[Best()].Fit, [.. tried.Select(own => (Grid[own.Key], own.Value.Accuracy))]);

        int Best() => tried.MaxBy(own => (own.Value.Accuracy, -own.Key)).Key;

        void Try(int i)
        {
            if (i is < 0 or >= Values || tried.ContainsKey(i))
                return;
            LogisticFit? nearest = tried.Count == 0 ? null : tried.MinBy(own => Math.Abs(own.Key - i)).Value.Fit;
            LogisticFit found = fit(Grid[i], nearest);
            tried.Add(i, (found, judge(found)));
        }
    }
}
