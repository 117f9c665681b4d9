using System.Numerics.Tensors;

namespace Dcsm.Training.Probing;

/// <summary>
/// L-BFGS with a line search that meets the weak conditions of Wolfe (Lewis and Overton 2013). TorchSharp's has no line search: with a
/// fixed step it needs a rate for each problem.
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 10,
        MostTries = 40;
    private const double Decrease = 1e-4,
        Curvature = 0.9;

    /// <param name="evaluate">The value at a point; writes the gradient.</param>
    /// <param name="point">Where to begin; in the end the minimum.</param>
    /// <param name="isNear">Whether a point, by its gradient, is near enough.</param>
    /// <param name="most">Most steps.</param>
    /// <param name="report">Told the step and the value.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public static (double Value, int Iterations, bool Converged) Minimize(
        Func<double[], double[], double> evaluate,
        double[] point,
        Func<double[], double[], bool> isNear,
        int most,
        Action<int, double> report,
        CancellationToken cancellationToken
    )
    {
        int n = point.Length;
        double[] gradient = new double[n],
            direction = new double[n];
        var steps = new List<(double[] S, double[] Y, double Rho)>();
        double value = evaluate(point, gradient);
        for (int step = 1; step <= most; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (isNear(point, gradient))
                return (value, step - 1, true);
            Direct(gradient, steps, direction);
            double first = steps.Count == 0 ? Math.Min(1, 1 / Norm(gradient)) : 1;
            if (Search(evaluate, point, value, gradient, direction, first) is not { } found)
                return (value, step - 1, false); // no lower value can be told apart any more
            double[] s = new double[n],
                y = new double[n];
            TensorPrimitives.Subtract<double>(found.Point, point, s);
            TensorPrimitives.Subtract<double>(found.Gradient, gradient, y);
            double product = TensorPrimitives.Dot<double>(s, y);
            if (product > 0)
            {
                if (steps.Count == Memory)
                    steps.RemoveAt(0);
                steps.Add((s, y, 1 / product));
            }

            found.Point.CopyTo(point, 0);
            (gradient, value) = (found.Gradient, found.Value);
            report(step, value);
        }

        return (value, most, isNear(point, gradient));
    }

    public static double Norm(double[] vector) => Math.Sqrt(TensorPrimitives.Dot<double>(vector, vector));

    // The two loops of Nocedal.
    private static void Direct(double[] gradient, List<(double[] S, double[] Y, double Rho)> steps, double[] direction)
    {
        TensorPrimitives.Negate<double>(gradient, direction);
        double[] weights = new double[steps.Count];
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            weights[i] = steps[i].Rho * TensorPrimitives.Dot<double>(steps[i].S, direction);
            TensorPrimitives.MultiplyAdd<double>(steps[i].Y, -weights[i], direction, direction);
        }

        if (steps.Count > 0)
        {
            double scale = 1 / (steps[^1].Rho * TensorPrimitives.Dot<double>(steps[^1].Y, steps[^1].Y));
            TensorPrimitives.Multiply<double>(direction, scale, direction);
        }

        for (int i = 0; i < steps.Count; i++)
        {
            double back = steps[i].Rho * TensorPrimitives.Dot<double>(steps[i].Y, direction);
            TensorPrimitives.MultiplyAdd<double>(steps[i].S, weights[i] - back, direction, direction);
        }
    }

    private static (double[] Point, double[] Gradient, double Value)? Search(
        Func<double[], double[], double> evaluate,
        double[] point,
        double value,
        double[] gradient,
        double[] direction,
        double length
    )
    {
        double slope = TensorPrimitives.Dot<double>(gradient, direction),
            low = 0,
            high = double.PositiveInfinity;
        double[] next = new double[point.Length],
            slopes = new double[point.Length];
        for (int attempt = 0; attempt < MostTries; attempt++)
        {
            TensorPrimitives.MultiplyAdd<double>(direction, length, point, next);
            double there = evaluate(next, slopes);
            if (!(there <= value + (Decrease * length * slope)))
                high = length;
            else if (TensorPrimitives.Dot<double>(slopes, direction) < Curvature * slope)
                low = length;
            else
                return (next, slopes, there);
            length = double.IsPositiveInfinity(high) ? 2 * low : (low + high) / 2;
        }

        return null;
    }
}
