using Dcsm.Data.Scenes;

namespace Dcsm.Evaluation.Scenes;

/// <summary>Picks samples of a result to look at.</summary>
public static class SceneExamples
{
    /// <summary>The first samples of each kind, image and opposite in turn: not chosen by how they came out.</summary>
    /// <param name="result">The result.</param>
    /// <param name="part">The part of the split.</param>
    /// <param name="perKind">At most so many of each kind.</param>
    public static IReadOnlyList<SceneExample> First(SceneEvaluationResult result, SplitPart part, int perKind) =>
        [.. ByKind(result, part).SelectMany(kind => kind.Take(perKind).Select((test, i) => new SceneExample(test, 0, i % 2)))];

    /// <summary>
    /// Of each kind, choices that <paramref name="scorer"/> has right and <paramref name="baseline"/> wrong, the clearest of
    /// <paramref name="scorer"/> first.
    /// </summary>
    public static IReadOnlyList<SceneExample> Gained(
        SceneEvaluationResult result,
        SplitPart part,
        string scorer,
        string baseline,
        int perKind
    ) => Pick(result, part, scorer, perKind, clearestFirst: true, baseline);

    /// <summary>
    /// Of each kind, choices that <paramref name="scorer"/> has wrong, those where it is surest of the wrong caption first.
    /// </summary>
    public static IReadOnlyList<SceneExample> Wrong(SceneEvaluationResult result, SplitPart part, string scorer, int perKind) =>
        Pick(result, part, scorer, perKind, clearestFirst: false, baseline: null);

    // At most one choice of a sample, so that a strip does not show the same picture twice.
    private static List<SceneExample> Pick(
        SceneEvaluationResult result,
        SplitPart part,
        string scorer,
        int perKind,
        bool clearestFirst,
        string? baseline
    )
    {
        IReadOnlyList<SceneScores> scores = Of(result, scorer);
        IReadOnlyList<SceneScores>? other = baseline is null ? null : Of(result, baseline);
        List<SceneExample> picked = [];
        foreach (IGrouping<SceneKind, int> kind in ByKind(result, part))
        {
            picked.AddRange(
                kind.Select(test =>
                        Choices(scores[test], test)
                            .Where(e =>
                                other is null
                                    ? !scores[test].CaptionChoice(e.Paraphrase, e.Image).Strict
                                    : scores[test].CaptionChoice(e.Paraphrase, e.Image).Strict
                                        && !other[test].CaptionChoice(e.Paraphrase, e.Image).RightIsBest
                            )
                            .Select(e => (Example: e, Margin: scores[test].Margin(e.Paraphrase, e.Image)))
                            .OrderBy(e => clearestFirst ? -e.Margin : e.Margin)
                            .FirstOrDefault()
                    )
                    .Where(e => e.Example is not null)
                    .OrderBy(e => clearestFirst ? -e.Margin : e.Margin)
                    .Take(perKind)
                    .Select(e => e.Example)
            );
        }

        return picked;
    }

    private static IEnumerable<SceneExample> Choices(SceneScores scores, int test) =>
        Enumerable.Range(0, scores.Items).Select(i => new SceneExample(test, i / 2, i % 2));

    private static IEnumerable<IGrouping<SceneKind, int>> ByKind(SceneEvaluationResult result, SplitPart part)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Enumerable
            .Range(0, result.TestSet.Tests.Count)
            .Where(i => result.TestSet.Tests[i].Part == part)
            .GroupBy(i => result.TestSet.Tests[i].Kind)
            .OrderBy(g => g.Key);
    }

    private static IReadOnlyList<SceneScores> Of(SceneEvaluationResult result, string scorer)
    {
        ArgumentNullException.ThrowIfNull(result);
        for (int s = 0; s < result.Scorers.Count; s++)
        {
            if (result.Scorers[s].Name == scorer)
                return result.Scores[s];
        }

        throw new ArgumentException(
            $"The result has no scorer '{scorer}'; it has {string.Join(", ", result.Scorers.Select(s => s.Name))}.",
            nameof(scorer)
        );
    }
}
