namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>A line of the table that published evaluation code gives: accuracy on the items of a relation or pair of attributes.</summary>
/// <param name="Label">As that code calls the group.</param>
/// <param name="Accuracy">Share that is right, the lowest of tied options being the answer.</param>
/// <param name="Count">Number of items.</param>
public sealed record OfficialRecord(string Label, double Accuracy, int Count);
