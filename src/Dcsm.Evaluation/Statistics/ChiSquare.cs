namespace Dcsm.Evaluation.Statistics;

/// <summary>Pearson's chi-square test that shares do not depend on the group.</summary>
internal static class ChiSquare
{
    /// <summary>The p value of a table of counts; 1 where a row or a column is all there is.</summary>
    /// <param name="counts">[groups, categories]</param>
    public static double P(int[,] counts)
    {
        int rows = counts.GetLength(0),
            columns = counts.GetLength(1);
        double[] byRow = new double[rows],
            byColumn = new double[columns];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                byRow[r] += counts[r, c];
                byColumn[c] += counts[r, c];
            }
        }

        double all = byRow.Sum(),
            statistic = 0;
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                double expected = byRow[r] * byColumn[c] / all;
                if (expected > 0)
                    statistic += (counts[r, c] - expected) * (counts[r, c] - expected) / expected;
            }
        }

        int freedom = (byRow.Count(sum => sum > 0) - 1) * (byColumn.Count(sum => sum > 0) - 1);
        return freedom < 1 ? 1 : Above(statistic, freedom);
    }

    /// <summary>The chance of a larger value of the chi-square distribution, in closed form for whole degrees of freedom.</summary>
    public static double Above(double value, int freedom)
    {
        if (value <= 0)
            return 1;
        // Q(f/2, x/2): of f = 2 e^(-x/2), of f = 1 both tails of the normal distribution; two more degrees add a term each time.
        double half = value / 2;
        bool even = freedom % 2 == 0;
        double sum = even ? Math.Exp(-half) : 2 * NormalDistribution.Cumulative(-Math.Sqrt(value)),
            order = even ? 1 : 0.5,
            term = even ? Math.Exp(-half) * half : Math.Exp(-half) * Math.Sqrt(half / Math.PI) * 2;
        for (; order < freedom / 2.0; order++)
        {
            sum += term;
            term *= half / (order + 1);
        }

        return Math.Min(1, sum);
    }
}
