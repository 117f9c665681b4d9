using Dcsm.Testing;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>
/// Compares figures with those of reference programs: walks a folder of small benchmarks, each with the scores of an invented model
/// (<c>scores.json</c>) and what comes out of them (<c>expected.json</c>), value by value; then sets that are damaged and must give an
/// error, and unusual ones that must be read. Knows layouts, no case by name.
/// </summary>
internal static class FixtureFolder
{
    private const string Rewrites = "text_rewrites";
    private static readonly string[] Benchmarks = ["clevr_bind", "ncd", "whatsup", "aro", "negbench", "composition", "sugarcrepe-pp"];

    /// <summary>The groups: folders of benchmarks, the file of rewritten texts, the damaged and the unusual sets.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. Benchmarks, Rewrites, "bad", "odd"];

    /// <summary>Makes the comparisons of the groups that a folder has.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="sources">What reads the benchmarks.</param>
    /// <param name="groups">Which of <see cref="Groups"/>; all where null.</param>
    /// <param name="cancellationToken">Stops between groups.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IEnumerable<GoldenCheck> Verify(
        string directory,
        FixtureSources sources,
        IReadOnlyCollection<string>? groups = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(sources);
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such folder.");
        return Checks(directory, sources, groups ?? Groups, cancellationToken);
    }

    private static IEnumerable<GoldenCheck> Checks(
        string directory,
        FixtureSources sources,
        IReadOnlyCollection<string> groups,
        CancellationToken cancellationToken
    )
    {
        foreach (string group in Groups.Where(groups.Contains))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = Path.Combine(directory, group == Rewrites ? Rewrites + ".json" : group);
            if (!Path.Exists(path))
                continue;
            foreach (
                GoldenCheck check in GoldenCheck.Guarded(
                    group,
                    () =>
                        group switch
                        {
                            Rewrites => FixtureRewrites.Verify(path, sources),
                            "bad" => FixtureDamage.Bad(path, sources),
                            "odd" => FixtureDamage.Odd(path, sources),
                            _ => FixtureMetrics.Verify(path, group, sources),
                        }
                )
            )
            {
                yield return check;
            }
        }
    }
}
