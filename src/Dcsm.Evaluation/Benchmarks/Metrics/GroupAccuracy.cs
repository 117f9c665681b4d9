namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>Accuracy on the items of one group: a relation, a pair of attributes, a type of question.</summary>
/// <param name="Group">The group.</param>
/// <param name="Correct">How many are right; not whole where ties count in part.</param>
/// <param name="Count">How many items it has, at least one.</param>
public sealed record GroupAccuracy(string Group, double Correct, int Count)
{
    /// <summary>The share that is right, 0 to 1.</summary>
    public double Accuracy => Correct / Count;
}
