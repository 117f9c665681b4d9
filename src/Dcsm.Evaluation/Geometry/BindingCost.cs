namespace Dcsm.Evaluation.Geometry;

/// <summary>What binding costs: how far i(x_a) has to leave the form of condition 1 for exchanged attributes to be told apart.</summary>
/// <param name="Rest">The longest e.</param>
/// <param name="Gap">The largest mean of 1 − cos(i(x_a, y_b), i(x_b, y_a)) that was found.</param>
/// <param name="LeastGap">The least of a pair there.</param>
public sealed record BindingCost(double Rest, double Gap, double LeastGap);
