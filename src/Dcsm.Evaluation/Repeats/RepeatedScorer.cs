using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Repeats;

/// <summary>One method, trained several times with different seeds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Parameters">Numbers that it learns.</param>
/// <param name="Runs">Its scorers, a seed each; in every method in the same order of seeds.</param>
public sealed record RepeatedScorer(string Name, string Description, long Parameters, IReadOnlyList<IScorer> Runs)
{
    /// <summary>Its scorers, a seed each; in every method in the same order of seeds.</summary>
    public IReadOnlyList<IScorer> Runs
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Runs);
}
