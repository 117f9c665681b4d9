namespace Dcsm.Training.Adaptation;

/// <summary>A finished adaptation.</summary>
/// <param name="Method">How.</param>
/// <param name="Directory">Where the result is: a CLIP, a DCSM head, or a linear probe.</param>
/// <param name="Parameters">Numbers that were trained.</param>
/// <param name="Seconds">Time that training took, encoding included.</param>
/// <param name="LearningRate">Peak learning rate.</param>
public sealed record AdaptationRun(AdaptationMethod Method, string Directory, long Parameters, double Seconds, double LearningRate);
