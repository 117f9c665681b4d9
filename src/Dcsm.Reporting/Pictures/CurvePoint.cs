namespace Dcsm.Reporting.Pictures;

/// <summary>A point of a training curve.</summary>
/// <param name="Step">Optimizer steps so far.</param>
/// <param name="Seconds">Seconds since training began.</param>
/// <param name="Loss">Training loss; NaN where it was not taken.</param>
/// <param name="ValidationAccuracy">Share of right choices on held-out scenes, 0 to 1; null where it was not measured.</param>
public sealed record CurvePoint(int Step, double Seconds, double Loss, double? ValidationAccuracy = null);
