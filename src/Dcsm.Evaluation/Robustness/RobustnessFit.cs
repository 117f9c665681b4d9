using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Robustness;

/// <summary>
/// The line that the accuracy of standard models under a shift follows over their accuracy in distribution, by least squares.
/// </summary>
public sealed class RobustnessFit
{
    private readonly RobustnessAxes _axes;

    private RobustnessFit(RobustnessAxes axes, double slope, double intercept, double rSquared) =>
        (_axes, Slope, Intercept, RSquared) = (axes, slope, intercept, rSquared);

    /// <summary>Its slope, on the axes.</summary>
    public double Slope { get; }

    /// <summary>Its intercept, on the axes.</summary>
    public double Intercept { get; }

    /// <summary>What part of the variance under the shift it explains, on the axes.</summary>
    public double RSquared { get; }

    /// <summary>Fits the line.</summary>
    /// <param name="models">The standard models, at least two of different accuracy.</param>
    /// <param name="axes">The axes.</param>
    /// <exception cref="ArgumentException">They are too few or all alike, or an accuracy has no place on the axes.</exception>
    public static RobustnessFit Of(IReadOnlyList<RobustnessModel> models, RobustnessAxes axes)
    {
        ArgumentNullException.ThrowIfNull(models);
        foreach (RobustnessModel model in models)
        {
            if (!double.IsFinite(To(axes, model.InDistribution)) || !double.IsFinite(To(axes, model.Shifted)))
            {
                throw new ArgumentException(
                    $"{model.Name}: accuracies of {NumberText.Percent(model.InDistribution)} % and "
                        + $"{NumberText.Percent(model.Shifted)} % have no place on {axes.ToString().ToLowerInvariant()} axes; "
                        + "take linear ones"
                );
            }
        }

        double[] weights = [.. models.Select(_ => 1.0)];
        return Weighted(models, weights, axes)
            ?? throw new ArgumentException("A line needs two standard models of different accuracy in distribution.", nameof(models));
    }

    /// <summary>The accuracy under the shift that the line says.</summary>
    public double Predict(double inDistribution) => From(_axes, Intercept + (Slope * To(_axes, inDistribution)));

    /// <summary>The accuracy under the shift less what the line says.</summary>
    public double Effective(RobustnessModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Shifted - Predict(model.InDistribution);
    }

    /// <summary>The effective robustness with its interval, by bootstrap over the standard models.</summary>
    /// <param name="model">The model.</param>
    /// <param name="standard">The standard models; with fewer than four there is no interval.</param>
    /// <param name="axes">The axes.</param>
    /// <param name="resamples">Draws.</param>
    /// <param name="seed">Their seed.</param>
    public static Estimate Effective(
        RobustnessModel model,
        IReadOnlyList<RobustnessModel> standard,
        RobustnessAxes axes,
        int resamples = Bootstrap.DefaultResamples,
        ulong seed = 1
    )
    {
        ArgumentNullException.ThrowIfNull(standard);
        const int Fewest = 4;
        double value = Of(standard, axes).Effective(model);
        return standard.Count < Fewest
            ? new Estimate(value, double.NaN, double.NaN)
            : Bootstrap.Figure(
                standard.Count,
                weights => Weighted(standard, weights, axes)?.Effective(model) ?? double.NaN,
                seed,
                resamples
            );
    }

    private static RobustnessFit? Weighted(IReadOnlyList<RobustnessModel> models, double[] weights, RobustnessAxes axes)
    {
        double sum = weights.Sum();
        double[] x = [.. models.Select(model => To(axes, model.InDistribution))],
            y = [.. models.Select(model => To(axes, model.Shifted))];
        double meanX = x.Zip(weights, (value, weight) => value * weight).Sum() / sum,
            meanY = y.Zip(weights, (value, weight) => value * weight).Sum() / sum;
        double xx = 0,
            xy = 0,
            yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xx += weights[i] * (x[i] - meanX) * (x[i] - meanX);
            xy += weights[i] * (x[i] - meanX) * (y[i] - meanY);
            yy += weights[i] * (y[i] - meanY) * (y[i] - meanY);
        }

        if (!(xx > 1e-12 * sum))
            return null;
        double slope = xy / xx;
        return new RobustnessFit(axes, slope, meanY - (slope * meanX), yy > 0 ? xy * xy / (xx * yy) : 1);
    }

    private static double To(RobustnessAxes axes, double accuracy) =>
        axes switch
        {
            RobustnessAxes.Logit => Math.Log(accuracy / (1 - accuracy)),
            RobustnessAxes.Probit => accuracy is > 0 and < 1 ? NormalDistribution.Quantile(accuracy) : double.NaN,
            _ => accuracy,
        };

    private static double From(RobustnessAxes axes, double value) =>
        axes switch
        {
            RobustnessAxes.Logit => 1 / (1 + Math.Exp(-value)),
            RobustnessAxes.Probit => NormalDistribution.Cumulative(value),
            _ => value,
        };
}
