using Dcsm.Head;

namespace Dcsm.Training.Heads.Statements;

/// <summary>Logistic regression of truth on a score (Platt 1999), and how far its probabilities are off.</summary>
internal static class PlattScaling
{
    private const int Iterations = 100,
        Bins = 15;

    /// <summary>The temperature and bias under which what is known is likeliest; by Newton's method, a little regularized.</summary>
    /// <param name="scores">Scores.</param>
    /// <param name="truth">Whether each is that of a true pair; both occur.</param>
    public static ScoreCalibration Fit(IReadOnlyList<double> scores, IReadOnlyList<bool> truth)
    {
        double temperature = 1,
            bias = 0;
        // Scores that tell all pairs apart would make the temperature endless.
        const double Ridge = 1e-3;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            double gt = Ridge * (temperature - 1),
                gb = 0,
                htt = Ridge,
                htb = 0,
                hbb = 1e-9;
            for (int i = 0; i < scores.Count; i++)
            {
                double p = 1 / (1 + Math.Exp(-((temperature * scores[i]) + bias))),
                    error = p - (truth[i] ? 1 : 0),
                    weight = p * (1 - p);
                gt += error * scores[i];
                gb += error;
                htt += weight * scores[i] * scores[i];
                htb += weight * scores[i];
                hbb += weight;
            }

            double determinant = (htt * hbb) - (htb * htb);
            if (determinant <= 0)
                break;
            double stepT = ((hbb * gt) - (htb * gb)) / determinant,
                stepB = ((htt * gb) - (htb * gt)) / determinant;
            // At most halved at a time: Newton's step overshoots where all probabilities are near 0 or 1.
            double share = Math.Min(1, stepT > 0 ? temperature / (2 * stepT) : 1);
            temperature -= share * stepT;
            bias -= share * stepB;
            if (Math.Abs(stepT) + Math.Abs(stepB) < 1e-10)
                break;
        }

        return new ScoreCalibration(temperature, bias);
    }

    /// <summary>Mean distance of probability and frequency over bins of equal width, weighted by what is in them.</summary>
    public static double Error(ScoreCalibration calibration, IReadOnlyList<double> scores, IReadOnlyList<bool> truth)
    {
        double[] probability = new double[Bins],
            isTrue = new double[Bins];
        for (int i = 0; i < scores.Count; i++)
        {
            double p = calibration.Probability(scores[i]);
            int bin = Math.Min(Bins - 1, (int)(p * Bins));
            probability[bin] += p;
            isTrue[bin] += truth[i] ? 1 : 0;
        }

        return probability.Zip(isTrue, (p, t) => Math.Abs(p - t)).Sum() / scores.Count;
    }
}
