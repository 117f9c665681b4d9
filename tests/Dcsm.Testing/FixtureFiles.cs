namespace Dcsm.Testing;

/// <summary>Where the small benchmarks in the published layouts lie: tests/Fixtures, read where they are.</summary>
public static class FixtureFiles
{
    /// <summary>A path below tests/Fixtures, such as <c>"aro", "scores.json"</c>.</summary>
    public static string Path(params string[] parts) => Repository.Path(["tests", "Fixtures", .. parts]);
}
