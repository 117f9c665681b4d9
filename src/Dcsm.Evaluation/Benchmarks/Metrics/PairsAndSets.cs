namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>
/// WhatsUp's accuracies over pairs (left and right; on and under, or in front and behind, of the same two objects) and over sets of all
/// four, under one way to count ties. Only complete pairs and sets count. Where ties count in part, a pair counts the product of what its
/// items count.
/// </summary>
/// <param name="Pairs">Complete pairs.</param>
/// <param name="PairsCorrect">Pairs of which both items are right.</param>
/// <param name="Sets">Complete sets.</param>
/// <param name="SetsCorrect">Sets of which all four items are right.</param>
/// <param name="IncompletePairs">Pairs of which one item is missing.</param>
/// <param name="IncompleteSets">Sets of which one to three items are missing.</param>
public sealed record PairsAndSets(int Pairs, double PairsCorrect, int Sets, double SetsCorrect, int IncompletePairs, int IncompleteSets)
{
    /// <summary>Right pairs over complete pairs; null where none is complete.</summary>
    public double? PairAccuracy => Pairs == 0 ? null : PairsCorrect / Pairs;

    /// <summary>Right sets over complete sets; null where none is complete.</summary>
    public double? SetAccuracy => Sets == 0 ? null : SetsCorrect / Sets;
}
