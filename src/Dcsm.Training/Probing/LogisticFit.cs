namespace Dcsm.Training.Probing;

/// <summary>A multinomial logistic regression and how it was found.</summary>
public sealed class LogisticFit
{
    /// <param name="weights">[classes, dimension + 1], row-major; the last column is the intercept.</param>
    /// <param name="classes">Number of classes.</param>
    internal LogisticFit(double[] weights, int classes) => (Parameters, Classes) = (weights, classes);

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Width of the features.</summary>
    public int Dimension => (Parameters.Length / Classes) - 1;

    /// <summary>What the cross-entropy was multiplied by.</summary>
    public required double C { get; init; }

    /// <summary>½‖W‖² + C · Σ cross-entropy.</summary>
    public required double Objective { get; init; }

    /// <summary>Steps of L-BFGS.</summary>
    public required int Iterations { get; init; }

    /// <summary>Whether it ended at the tolerance, not at the most steps.</summary>
    public required bool Converged { get; init; }

    /// <summary>[classes, dimension + 1], the last column being the intercepts.</summary>
    internal double[] Parameters { get; }

    /// <summary>The coefficients, [classes, dimension].</summary>
    public double[] Coefficients() => Copy(0, Dimension);

    /// <summary>The intercepts, [classes].</summary>
    public double[] Intercepts() => Copy(Dimension, 1);

    private double[] Copy(int first, int count)
    {
        double[] values = new double[Classes * count];
        for (int c = 0; c < Classes; c++)
            Parameters.AsSpan((c * (Dimension + 1)) + first, count).CopyTo(values.AsSpan(c * count));
        return values;
    }
}
