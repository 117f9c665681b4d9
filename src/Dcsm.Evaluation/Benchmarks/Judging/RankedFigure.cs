namespace Dcsm.Evaluation.Benchmarks.Judging;

/// <summary>A figure that all items decide together, such as an area under a curve.</summary>
/// <param name="Key">The key of the figure.</param>
/// <param name="Clusters">How many clusters there are.</param>
/// <param name="Of">The figure, given how often each cluster counts; NaN where that leaves it undefined.</param>
internal sealed record RankedFigure(string Key, int Clusters, Func<double[], double> Of)
{
    /// <summary>The figure of all items.</summary>
    public double Value
    {
        get
        {
            double[] once = new double[Clusters];
            Array.Fill(once, 1);
            return Of(once);
        }
    }
}
