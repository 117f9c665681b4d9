using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Statements;

/// <summary>One scorer against another in one figure.</summary>
/// <param name="First">The one.</param>
/// <param name="Second">The other, which was named earlier.</param>
/// <param name="Part">The part of the split that the pictures' objects come from.</param>
/// <param name="Measure">What was measured.</param>
/// <param name="Wordings">What the statements were written in.</param>
/// <param name="Kind">Statements of which kind; null for all of them, or for the mean of the kinds.</param>
/// <param name="Difference">The first's figure less the second's, with its interval by a paired bootstrap.</param>
public sealed record StatementDifference(
    string First,
    string Second,
    SplitPart Part,
    StatementMeasure Measure,
    StatementWordings Wordings,
    StatementKind? Kind,
    Estimate Difference
);
