namespace Dcsm.Head;

/// <summary>
/// From a head's score to the probability that the caption is true of the picture (Platt scaling), fitted on held-out pairs.
/// </summary>
/// <param name="Temperature">What scores are multiplied by; above 0.</param>
/// <param name="Bias">What is added.</param>
public sealed record ScoreCalibration(double Temperature, double Bias)
{
    /// <summary>1 / (1 + exp(−(Temperature · score + Bias))), from 0 to 1.</summary>
    public double Probability(double score) => 1 / (1 + Math.Exp(-((Temperature * score) + Bias)));
}
