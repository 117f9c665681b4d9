using Dcsm.Testing;
using Dcsm.Training.Tests;

namespace Dcsm.Conformance.Groups;

/// <summary>
/// Compares this toolkit with numbers of the reference programs: walks a folder of goldens and makes every comparison that its groups
/// allow. Knows layouts and formulas, no case by name.
/// </summary>
internal static class GoldenFolder
{
    private static readonly (string Name, string Folder, Func<string, IEnumerable<GoldenCheck>> Verify)[] KnownGroups =
    [
        ("tokenizer", "tokenizer", TokenizerGoldens.Verify),
        ("preprocess", "preprocess", PreprocessGoldens.Verify),
        ("clip-tiny", "clip-tiny", ClipGoldens.VerifyStored),
        ("clip-full", "clip-full", ClipGoldens.VerifyFormula),
        ("official-dcsm", "official-dcsm", MethodGoldens.Verify),
        ("end-to-end", "official-dcsm", MethodGoldens.VerifyEndToEnd),
        ("checkpoints", "checkpoints", CheckpointGoldens.Verify),
        ("official-checkpoints", "official-dcsm/checkpoints", CheckpointGoldens.VerifyOfficial),
        ("official-training", "official-dcsm", OfficialTrainingGoldens.Verify),
        ("clip-uses", "clip-uses", ClipUsesGoldens.Verify),
        ("tokenizer-rivals", "tokenizer-rivals", RivalTokenizerGoldens.Verify),
        ("baselines", "baselines", BaselineGoldens.Verify),
    ];

    /// <summary>
    /// The groups that can be verified, each a folder of that name; <c>end-to-end</c>, <c>official-checkpoints</c> and
    /// <c>official-training</c> lie in <c>official-dcsm</c>.
    /// </summary>
    public static IReadOnlyList<string> Groups { get; } = [.. KnownGroups.Select(group => group.Name)];

    /// <summary>Makes the comparisons of the groups that a folder has.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="groups">
    /// Which of <see cref="Groups"/>; all where null. <c>clip-full</c> and <c>end-to-end</c> write models of up to 1.7 GB, one at a
    /// time, to the system's folder for temporary files.
    /// </param>
    /// <param name="cancellationToken">Stops between comparisons.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IEnumerable<GoldenCheck> Verify(
        string directory,
        IReadOnlyCollection<string>? groups = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such folder.");
        return Checks(directory, groups ?? Groups, cancellationToken);
    }

    private static IEnumerable<GoldenCheck> Checks(
        string directory,
        IReadOnlyCollection<string> groups,
        CancellationToken cancellationToken
    )
    {
        foreach (
            (string? name, string? folder, Func<string, IEnumerable<GoldenCheck>>? verify) in KnownGroups.Where(group =>
                groups.Contains(group.Name)
            )
        )
        {
            string path = Path.Combine(directory, folder);
            if (!Directory.Exists(path))
                continue;
            foreach (GoldenCheck check in GoldenCheck.Guarded(name, verify(path)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return check;
            }
        }
    }
}
