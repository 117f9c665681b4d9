using System.Numerics.Tensors;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Evaluation.Geometry;

/// <summary>
/// Looks, by gradient ascent, for vectors that name concepts and attributes as condition 1 asks and bind them all the same: i(x_a) =
/// (1 − δ) · i(x) + p · t(a) + e, i(x_a, y_b) the direction of i(x_a) + i(y_b), i(x) and t(a) unit vectors that are drawn, e no longer than
/// a limit. δ, p and e move so that the mean over pairs of 1 − cos(i(x_a, y_b), i(x_b, y_a)) gets as large as can be. Without e there is
/// nothing to be found.
/// </summary>
public static class BindingSearch
{
    private const int Attributes = 2,
        Restarts = 3,
        Steps = 300;
    private const double Rate = 0.3,
        LeastKept = 0.3, // of x: less would be no picture of it
        LeastAdded = 0.05;

    /// <summary>Searches.</summary>
    /// <param name="dimension">Width of the vectors, at least 2.</param>
    /// <param name="concepts">How many concepts, at least 2.</param>
    /// <param name="rest">The longest e.</param>
    /// <param name="seed">Where it begins.</param>
    /// <returns>The largest mean gap that was found, and the least gap of a pair there.</returns>
    public static BindingCost Search(int dimension, int concepts, double rest, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(concepts, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(rest);
        return Enumerable
            .Range(0, Restarts)
            .Select(restart => new Climb(dimension, concepts, rest, new SceneRandom(seed, 0xB1D, (ulong)restart)).Run())
            .MaxBy(found => found.Gap)!;
    }

    private sealed class Climb
    {
        private readonly int _concepts;
        private readonly double _limit;
        private readonly double[][] _x,
            _t;
        private readonly double[,][] _rests,
            _pictures,
            _slopes;
        private double _kept = 0.8,
            _added = 0.5;

        public Climb(int dimension, int concepts, double limit, SceneRandom random)
        {
            (_concepts, _limit) = (concepts, limit);
            double[] Draw()
            {
                double[] vector = new double[dimension];
                for (int d = 0; d < dimension; d++)
                    vector[d] = random.Normal();
                return vector;
            }

            _x = [.. Enumerable.Range(0, concepts).Select(_ => Unit(Draw()))];
            _t = [.. Enumerable.Range(0, Attributes).Select(_ => Unit(Draw()))];
            (_rests, _pictures, _slopes) = (
                new double[concepts, Attributes][],
                new double[concepts, Attributes][],
                new double[concepts, Attributes][]
            );
            for (int i = 0; i < concepts; i++)
            {
                for (int a = 0; a < Attributes; a++)
                {
                    (_rests[i, a], _pictures[i, a], _slopes[i, a]) = (Draw(), new double[dimension], new double[dimension]);
                    Shorten(_rests[i, a]);
                }
            }
        }

        public BindingCost Run()
        {
            var best = new BindingCost(_limit, double.NegativeInfinity, double.NaN);
            for (int step = 0; step < Steps; step++)
            {
                Compose();
                BindingCost now = Measure();
                if (now.Gap > best.Gap)
                    best = now;
                Move(Rate / Math.Sqrt(step + 1));
            }

            return best;
        }

        private void Compose()
        {
            for (int i = 0; i < _concepts; i++)
            {
                for (int a = 0; a < Attributes; a++)
                {
                    TensorPrimitives.MultiplyAdd(_x[i], _kept, _rests[i, a], _pictures[i, a]);
                    TensorPrimitives.MultiplyAdd(_t[a], _added, _pictures[i, a], _pictures[i, a]);
                    Array.Clear(_slopes[i, a]);
                }
            }
        }

        // The gaps, and the slope of their mean by each picture.
        private BindingCost Measure()
        {
            double sum = 0,
                least = double.PositiveInfinity;
            int pairs = _concepts * (_concepts - 1) / 2;
            double[] u = new double[_x[0].Length],
                v = new double[u.Length];
            for (int i = 0; i < _concepts; i++)
            {
                for (int j = i + 1; j < _concepts; j++)
                {
                    TensorPrimitives.Add(_pictures[i, 0], _pictures[j, 1], u);
                    TensorPrimitives.Add(_pictures[i, 1], _pictures[j, 0], v);
                    double uu = TensorPrimitives.Dot<double>(u, u),
                        vv = TensorPrimitives.Dot<double>(v, v),
                        both = Math.Sqrt(uu * vv),
                        cosine = TensorPrimitives.Dot<double>(u, v) / both;
                    sum += 1 - cosine;
                    least = Math.Min(least, 1 - cosine);
                    for (int d = 0; d < u.Length; d++)
                    {
                        double byU = ((cosine * u[d] / uu) - (v[d] / both)) / pairs,
                            byV = ((cosine * v[d] / vv) - (u[d] / both)) / pairs;
                        _slopes[i, 0][d] += byU;
                        _slopes[j, 1][d] += byU;
                        _slopes[i, 1][d] += byV;
                        _slopes[j, 0][d] += byV;
                    }
                }
            }

            return new BindingCost(_limit, sum / pairs, least);
        }

        private void Move(double rate)
        {
            // A slope is a share of one over the pairs that a picture is in.
            double step = rate * _concepts,
                kept = 0,
                added = 0;
            for (int i = 0; i < _concepts; i++)
            {
                for (int a = 0; a < Attributes; a++)
                {
                    double[] slope = _slopes[i, a];
                    kept += TensorPrimitives.Dot<double>(slope, _x[i]);
                    added += TensorPrimitives.Dot<double>(slope, _t[a]);
                    TensorPrimitives.MultiplyAdd(slope, step, _rests[i, a], _rests[i, a]);
                    Shorten(_rests[i, a]);
                }
            }

            _kept = Math.Clamp(_kept + (rate * kept), LeastKept, 1);
            _added = Math.Clamp(_added + (rate * added), LeastAdded, 1);
        }

        private void Shorten(double[] vector)
        {
            double length = Length(vector);
            if (length > _limit)
                TensorPrimitives.Multiply(vector, _limit / length, vector);
        }

        private static double Length(double[] vector) => Math.Sqrt(TensorPrimitives.Dot<double>(vector, vector));

        private static double[] Unit(double[] vector)
        {
            TensorPrimitives.Divide(vector, Length(vector), vector);
            return vector;
        }
    }
}
