namespace Dcsm.Evaluation.Statistics;

/// <summary>McNemar's test of two scorers on the same items, in its exact form (a sign test on the items where they differ).</summary>
internal static class McNemar
{
    /// <summary>
    /// Two-sided exact p value: 2·P(X ≤ min) for X binomial with n = <paramref name="onlyFirst"/> + <paramref name="onlySecond"/>
    /// and probability ½, at most 1. Without a differing item it is 1.
    /// </summary>
    /// <param name="onlyFirst">Items that only the first scorer has right.</param>
    /// <param name="onlySecond">Items that only the second scorer has right.</param>
    public static double ExactP(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        int n = checked(onlyFirst + onlySecond);
        int k = Math.Min(onlyFirst, onlySecond);
        if (n == 0)
            return 1;

        // Sum downwards from the largest term; in logarithms, since 2^-n leaves the doubles at n = 1075.
        double logTerm = -n * Math.Log(2);
        for (int i = 1; i <= k; i++)
            logTerm += Math.Log((n - i + 1) / (double)i);
        double sum = 0,
            ratio = 1;
        for (int i = k; i >= 0 && ratio > 1e-20; i--)
        {
            sum += ratio;
            ratio *= i / (double)(n - i + 1);
        }

        return Math.Min(1, 2 * sum * Math.Exp(logTerm));
    }
}
