using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Statistics;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Evaluation.Benchmarks.Judging;

/// <summary>
/// Values of items that belong to clusters and to groups at once, as in WhatsUp, where a set of pictures has one of each relation. A macro
/// average over the groups is drawn by whole clusters, so that groups which share pictures stay together; <see cref="Bootstrap.MacroMean"/>
/// would draw each group on its own.
/// </summary>
internal sealed class ClusteredGroups
{
    private readonly (int Group, double Value)[][] _clusters;
    private readonly int _groups;

    public ClusteredGroups(IEnumerable<(string Cluster, string Group, double Value)> items)
    {
        (string Cluster, string Group, double Value)[] all = [.. items];
        Dictionary<string, int> groups = [];
        foreach ((string Cluster, string Group, double Value) item in all)
            groups.TryAdd(item.Group, groups.Count);
        _groups = groups.Count;
        _clusters =
        [
            .. all.GroupBy(item => item.Cluster, StringComparer.Ordinal)
                .Select(cluster => cluster.Select(item => (groups[item.Group], item.Value)).ToArray()),
        ];
    }

    public int Clusters => _clusters.Length;

    /// <summary>Mean of the groups' means; groups that a draw has no item of are left out of it.</summary>
    public Estimate MacroMean(BenchmarkStatisticsOptions options)
    {
        double value = Macro(Enumerable.Range(0, _clusters.Length));
        ResamplingRandom random = new(options.Seed, 0);
        double[] draws = new double[options.Resamples];
        int[] drawn = new int[_clusters.Length];
        for (int r = 0; r < draws.Length; r++)
        {
            for (int i = 0; i < drawn.Length; i++)
                drawn[i] = random.Next(drawn.Length);
            draws[r] = Macro(drawn);
        }

        Array.Sort(draws);
        double tail = (1 - options.Confidence) / 2;
        return new Estimate(value, Bootstrap.Quantile(draws, tail), Bootstrap.Quantile(draws, 1 - tail));
    }

    private double Macro(IEnumerable<int> clusters)
    {
        double[] sums = new double[_groups];
        int[] counts = new int[_groups];
        foreach (int cluster in clusters)
        {
            foreach ((int group, double value) in _clusters[cluster])
            {
                sums[group] += value;
                counts[group]++;
            }
        }

        double sum = 0;
        int filled = 0;
        for (int g = 0; g < _groups; g++)
        {
            if (counts[g] == 0)
                continue;
            sum += sums[g] / counts[g];
            filled++;
        }

        return sum / filled;
    }
}
