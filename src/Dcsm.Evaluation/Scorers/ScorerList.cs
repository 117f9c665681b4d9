namespace Dcsm.Evaluation.Scorers;

/// <summary>The scorers that an evaluation is asked for.</summary>
internal static class ScorerList
{
    /// <exception cref="ArgumentException">There is no scorer, or two share a name.</exception>
    public static void Check(IReadOnlyList<IScorer> scorers)
    {
        ArgumentNullException.ThrowIfNull(scorers);
        if (scorers.Count == 0)
            throw new ArgumentException("There is no scorer to judge.", nameof(scorers));
        if (scorers.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two scorers are called '{twice.Key}'; give each its own name.", nameof(scorers));
    }

    /// <summary>The scorers as results name them.</summary>
    public static ScorerDescription[] Describe(IReadOnlyList<IScorer> scorers) =>
        [.. scorers.Select(s => new ScorerDescription(s.Name, s.Description))];
}
