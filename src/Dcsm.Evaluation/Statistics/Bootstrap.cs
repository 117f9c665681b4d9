using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Evaluation.Statistics;

/// <summary>
/// Percentile bootstrap over clusters (Efron 1979): clusters are drawn with replacement, all items of a drawn cluster
/// come along. The same seed gives the same interval on every machine.
/// </summary>
internal static class Bootstrap
{
    /// <summary>How many times is drawn unless asked otherwise.</summary>
    public const int DefaultResamples = 2000;

    /// <summary>Mean over items with its interval.</summary>
    /// <param name="clusters">The clusters; without any, the value and both ends are NaN.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="resamples">How many times is drawn.</param>
    /// <param name="confidence">0.95 for the 95 % interval.</param>
    public static Estimate Mean(ClusterSums clusters, ulong seed, int resamples = DefaultResamples, double confidence = 0.95) =>
        MacroMean([clusters], seed, resamples, confidence);

    /// <summary>
    /// Mean of <paramref name="first"/> less mean of <paramref name="second"/>, paired: each draw takes the same clusters from both.
    /// </summary>
    /// <exception cref="ArgumentException">The two do not have the same clusters.</exception>
    public static Estimate Difference(
        ClusterSums first,
        ClusterSums second,
        ulong seed,
        int resamples = DefaultResamples,
        double confidence = 0.95
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        return Mean(first.Minus(second), seed, resamples, confidence);
    }

    /// <summary>
    /// The plain mean of several strata's means (the mean over the kinds of scenes, a macro accuracy over relations), each
    /// stratum drawn on its own. Strata without clusters are left out.
    /// </summary>
    /// <param name="strata">Each stratum's clusters.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="resamples">How many times is drawn.</param>
    /// <param name="confidence">0.95 for the 95 % interval.</param>
    public static Estimate MacroMean(
        IReadOnlyList<ClusterSums> strata,
        ulong seed,
        int resamples = DefaultResamples,
        double confidence = 0.95
    )
    {
        ArgumentNullException.ThrowIfNull(strata);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        NormalDistribution.RequireConfidence(confidence);

        ClusterSums[] filled = [.. strata.Where(s => s.Clusters > 0)];
        if (filled.Length == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);

        double[] means = new double[resamples];
        for (int s = 0; s < filled.Length; s++)
        {
            ClusterSums clusters = filled[s];
            ResamplingRandom random = new(seed, (ulong)s);
            for (int r = 0; r < resamples; r++)
            {
                double sum = 0,
                    count = 0;
                for (int k = 0; k < clusters.Clusters; k++)
                {
                    int drawn = random.Next(clusters.Clusters);
                    sum += clusters.Sums[drawn];
                    count += clusters.Counts[drawn];
                }

                means[r] += sum / count / filled.Length;
            }
        }

        return Interval(filled.Average(s => s.Mean), means, confidence);
    }

    /// <summary>Any figure that clusters decide together, such as an area under a curve, with its interval.</summary>
    /// <param name="clusters">How many clusters there are.</param>
    /// <param name="figure">The figure, given how often each cluster counts; NaN where that leaves it undefined.</param>
    /// <param name="seed">Seed of the draws; figures of the same clusters and seed are paired.</param>
    /// <param name="resamples">How many times is drawn.</param>
    /// <param name="confidence">0.95 for the 95 % interval.</param>
    public static Estimate Figure(
        int clusters,
        Func<double[], double> figure,
        ulong seed,
        int resamples = DefaultResamples,
        double confidence = 0.95
    )
    {
        ArgumentNullException.ThrowIfNull(figure);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        NormalDistribution.RequireConfidence(confidence);
        double[] weights = new double[clusters];
        Array.Fill(weights, 1);
        double value = figure(weights);
        if (double.IsNaN(value))
            return new Estimate(value, value, value);

        var drawn = new List<double>(resamples);
        ResamplingRandom random = new(seed, 0);
        for (int r = 0; r < resamples; r++)
        {
            Array.Clear(weights);
            for (int k = 0; k < clusters; k++)
                weights[random.Next(clusters)]++;
            double one = figure(weights);
            if (!double.IsNaN(one))
                drawn.Add(one);
        }

        return drawn.Count == 0 ? new Estimate(value, double.NaN, double.NaN) : Interval(value, [.. drawn], confidence);
    }

    /// <summary>
    /// <see cref="MacroMean"/> for shares of right items. Where no cluster differs from another (all right, or all wrong) a
    /// bootstrap sees no spread and would give an interval of no width; then Wilson's interval over the clusters is given,
    /// which is what so many right answers in a row do say.
    /// </summary>
    public static Estimate Share(IReadOnlyList<ClusterSums> strata, ulong seed, int resamples = DefaultResamples, double confidence = 0.95)
    {
        return Widened(MacroMean(strata, seed, resamples, confidence), strata.Sum(s => s.Clusters), confidence);
    }

    /// <summary>The interval of a share as <see cref="Share"/> gives it.</summary>
    public static Estimate Widened(Estimate estimate, int clusters, double confidence)
    {
        if (estimate.Low < estimate.High || double.IsNaN(estimate.Value) || estimate.Value is > 0 and < 1)
            return estimate;
        Estimate wilson = Wilson.Interval(estimate.Value * clusters, clusters, confidence);
        return estimate with { Low = wilson.Low, High = wilson.High };
    }

    private static Estimate Interval(double value, double[] drawn, double confidence)
    {
        Array.Sort(drawn);
        double tail = (1 - confidence) / 2;
        return new Estimate(value, Quantile(drawn, tail), Quantile(drawn, 1 - tail));
    }

    /// <summary>Linear interpolation between the closest ranks (Hyndman and Fan's type 7).</summary>
    internal static double Quantile(ReadOnlySpan<double> sorted, double probability)
    {
        double place = probability * (sorted.Length - 1);
        int below = (int)Math.Floor(place);
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
