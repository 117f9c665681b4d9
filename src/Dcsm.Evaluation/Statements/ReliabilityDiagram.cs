using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Statements;

/// <summary>Probabilities of a scorer beside what was true.</summary>
/// <param name="Scorer">The scorer.</param>
/// <param name="Part">The part of the split that the pictures' objects come from.</param>
/// <param name="Wordings">What the statements were written in.</param>
/// <param name="Bins">The bins that hold a statement, from low to high probabilities.</param>
public sealed record ReliabilityDiagram(string Scorer, SplitPart Part, StatementWordings Wordings, IReadOnlyList<ReliabilityBin> Bins)
{
    /// <summary>The bins that hold a statement, from low to high probabilities.</summary>
    public IReadOnlyList<ReliabilityBin> Bins
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Bins);
}
