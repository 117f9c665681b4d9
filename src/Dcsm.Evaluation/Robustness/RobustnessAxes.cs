namespace Dcsm.Evaluation.Robustness;

/// <summary>On which axes accuracies lie on a line.</summary>
public enum RobustnessAxes
{
    /// <summary>As they are.</summary>
    Linear,

    /// <summary>ln(a / (1 − a)), the usual ones (Taori et al. 2020).</summary>
    Logit,

    /// <summary>The quantile of the normal distribution.</summary>
    Probit,
}
