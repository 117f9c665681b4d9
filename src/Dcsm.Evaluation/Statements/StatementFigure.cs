using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Statements;

/// <summary>One figure of one scorer.</summary>
/// <param name="Scorer">The scorer.</param>
/// <param name="Part">The part of the split that the pictures' objects come from.</param>
/// <param name="Measure">What was measured.</param>
/// <param name="Wordings">What the statements were written in.</param>
/// <param name="Kind">Statements of which kind; null for all of them, or for the mean of the kinds.</param>
/// <param name="Pictures">Pictures that count.</param>
/// <param name="Items">Pairs, choices, statements or queries that count.</param>
/// <param name="Chance">What guessing gives; null where that says nothing.</param>
/// <param name="Value">The figure, 0 to 1, with its interval.</param>
public sealed record StatementFigure(
    string Scorer,
    SplitPart Part,
    StatementMeasure Measure,
    StatementWordings Wordings,
    StatementKind? Kind,
    int Pictures,
    int Items,
    double? Chance,
    Estimate Value
);
