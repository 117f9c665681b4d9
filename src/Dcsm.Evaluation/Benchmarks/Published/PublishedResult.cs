namespace Dcsm.Evaluation.Benchmarks.Published;

/// <summary>A number that others published; nothing here was measured by this toolkit.</summary>
/// <param name="Benchmark">Name of the benchmark; several pooled into one number are joined by "+".</param>
/// <param name="Metric">What was measured: the last part of a figure's key, or a recall with its direction, "text→image R@5".</param>
/// <param name="Model">The model, as its source calls it.</param>
/// <param name="Value">The number as printed, in <paramref name="Unit"/>.</param>
/// <param name="Unit">"percent" or "fraction".</param>
/// <param name="Source">Where it was published.</param>
public sealed record PublishedResult(string Benchmark, string Metric, string Model, double Value, string Unit, string Source)
{
    /// <summary>What it is marked as wherever it is shown beside own results.</summary>
    public const string Mark = "published";

    /// <summary>The number as a share, 0 to 1.</summary>
    public double Share => Unit == "percent" ? Value / 100 : Value;

    /// <summary>Whether it is of a benchmark, alone or pooled with others.</summary>
    public bool IsOf(string benchmark) => Benchmark.Split('+').Contains(benchmark, StringComparer.Ordinal);
}
