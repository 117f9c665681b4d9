using Dcsm.Training.Torch;

namespace Dcsm.Training.Probing;

/// <summary>
/// Multinomial logistic regression as scikit-learn has it: ½‖W‖² + C · Σ cross-entropy, intercepts not penalized, by L-BFGS (Liu and
/// Nocedal 1989) to convergence.
/// </summary>
public static class LogisticRegression
{
    /// <summary>Fits.</summary>
    /// <param name="features">[pictures, dimension]; not changed.</param>
    /// <param name="labels">[pictures] the class of each, from 0.</param>
    /// <param name="classes">Number of classes, at least two.</param>
    /// <param name="options">How.</param>
    /// <param name="start">Where to begin; null for 0.</param>
    /// <param name="progress">Told the steps and the objective.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The numbers do not fit together, or C is not above 0.</exception>
    /// <exception cref="InvalidDataException">A feature is not a number.</exception>
    public static LogisticFit Fit(
        float[] features,
        int[] labels,
        int classes,
        LogisticOptions? options = null,
        LogisticFit? start = null,
        IProgress<(int Step, double Objective)>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        options ??= new LogisticOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (labels.Length == 0 || features.Length == 0 || features.Length % labels.Length != 0)
            throw new ArgumentException($"{features.Length} features are none of {labels.Length} pictures.", nameof(features));
        if (!(options.C > 0) || !double.IsFinite(options.C))
            throw new ArgumentException($"C is {options.C}; it has to be above 0.", nameof(options));
        if (Array.Exists(labels, label => (uint)label >= (uint)classes))
            throw new ArgumentException($"A label is none of {classes} classes.", nameof(labels));
        int wrong = Array.FindIndex(features, value => !float.IsFinite(value));
        int dimension = features.Length / labels.Length;
        if (wrong >= 0)
            throw new InvalidDataException($"feature {wrong % dimension} of picture {wrong / dimension} is not a number");
        TorchNative.EnsureLoaded();
        var objective = new LogisticObjective(features, dimension, labels, classes, options.C);
        double[] parameters =
            start is not null && start.Parameters.Length == classes * (dimension + 1)
                ? [.. start.Parameters]
                : new double[classes * (dimension + 1)];
        int width = dimension + 1;
        // Strong convexity: the distance to the optimum is at most the gradient over the strength of the regularization.
        bool IsNear(double[] at, double[] gradient) =>
            Lbfgs.Norm(gradient) <= options.Tolerance * objective.Strength * Math.Max(WeightNorm(at, width), 1e-12);
        (double value, int iterations, bool converged) = Lbfgs.Minimize(
            objective.Evaluate,
            parameters,
            IsNear,
            options.MaxIterations,
            (step, at) => progress?.Report((step, objective.Unscaled(at))),
            cancellationToken
        );
        return new LogisticFit(parameters, classes)
        {
            C = options.C,
            Objective = objective.Unscaled(value),
            Iterations = iterations,
            Converged = converged,
        };
    }

    private static double WeightNorm(double[] parameters, int width)
    {
        double sum = 0;
        for (int i = 0; i < parameters.Length; i++)
            sum += i % width == width - 1 ? 0 : parameters[i] * parameters[i];
        return Math.Sqrt(sum);
    }
}
