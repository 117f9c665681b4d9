using Dcsm.Data.Benchmarks;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>What a walk through fixtures takes from other rooms.</summary>
/// <param name="Read">Reads a benchmark of a name, such as "whatsup-a", from a root.</param>
internal sealed record FixtureSources(Func<string, BenchmarkOptions, Benchmark> Read)
{
    /// <summary>The readers of <see cref="BenchmarkCatalog"/>, and what goes with them.</summary>
    public static FixtureSources Catalog { get; } =
        new((name, options) => BenchmarkCatalog.Find(name).Read(options))
        {
            Rewrite = (benchmark, caption) =>
                new RewrittenTexts(
                    OfficialTexts.Load(benchmark, caption),
                    OfficialTexts.ForBaselines(benchmark, caption),
                    OfficialTexts.ForDcsm(benchmark, caption)
                ),
        };

    /// <summary>
    /// Rewrites a caption (second) of a data set, named as in run_evals.py (first); null: rewriting is reported as not computed.
    /// </summary>
    public Func<string, string, RewrittenTexts>? Rewrite { get; init; }
}
