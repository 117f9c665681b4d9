namespace Dcsm.Conformance.Benchmarks;

/// <summary>A caption as the official DCSM evaluation rewrites it.</summary>
/// <param name="AfterTheLoader">As its loader of the benchmark gives it.</param>
/// <param name="OfBaselines">What baselines are given.</param>
/// <param name="OfDcsm">What DCSM models are given.</param>
internal sealed record RewrittenTexts(string AfterTheLoader, string OfBaselines, string OfDcsm);
