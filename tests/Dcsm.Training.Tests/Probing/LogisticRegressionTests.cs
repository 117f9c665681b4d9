using Dcsm.Training.Probing;

namespace Dcsm.Training.Tests.Probing;

public sealed class LogisticRegressionTests
{
    [Fact]
    public void The_gradient_is_that_of_the_objective()
    {
        (float[] features, int[] labels) = Draw(40, 6, 3);
        var objective = new LogisticObjective(features, 6, labels, 3, 2.5);
        var random = new Random(2);
        double[] at = [.. Enumerable.Range(0, 21).Select(_ => random.NextDouble() - 0.5)],
            gradient = new double[21],
            ignored = new double[21];
        objective.Evaluate(at, gradient);
        for (int i = 0; i < at.Length; i++)
        {
            const double Step = 1e-5;
            double here = at[i];
            at[i] = here + Step;
            double above = objective.Evaluate(at, ignored);
            at[i] = here - Step;
            double below = objective.Evaluate(at, ignored);
            at[i] = here;
            Assert.Equal((above - below) / (2 * Step), gradient[i], 1e-7);
        }
    }

    [Fact]
    public void A_start_changes_the_way_and_not_the_end()
    {
        (float[] features, int[] labels) = Draw(60, 5, 3);
        LogisticFit near = LogisticRegression.Fit(features, labels, 3, new LogisticOptions { C = 10 }),
            plain = LogisticRegression.Fit(features, labels, 3),
            warm = LogisticRegression.Fit(features, labels, 3, start: near);
        Assert.True(near.Converged && plain.Converged && warm.Converged);
        Assert.Equal(plain.Objective, warm.Objective, 1e-6 * plain.Objective);
        Assert.All(plain.Coefficients().Zip(warm.Coefficients()), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.NotEqual(near.Objective, plain.Objective, 1e-3);
    }

    [Fact]
    public void The_sweep_finds_the_best_of_a_hill_in_few_fits()
    {
        int fits = 0;
        (float[] features, int[] labels) = Draw(20, 3, 2);
        LogisticFit any = LogisticRegression.Fit(features, labels, 2);
        double wanted = RegularizationSweep.Grid[53],
            given = 0;
        (LogisticFit _, IReadOnlyList<(double C, double Accuracy)> trials) = RegularizationSweep.Find(
            (c, _) =>
            {
                (given, fits) = (c, fits + 1);
                return any;
            },
            _ => 1 - Math.Abs(Math.Log(given / wanted) / 100)
        );
        Assert.Equal(wanted, trials.MaxBy(trial => trial.Accuracy).C);
        Assert.InRange(fits, 7, 16);
    }

    [Fact]
    public void Wrong_numbers_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => LogisticRegression.Fit([1, float.NaN], [0, 1], 2));
        Assert.Throws<ArgumentException>(() => LogisticRegression.Fit([1, 2], [0, 2], 2));
        Assert.Throws<ArgumentException>(() => LogisticRegression.Fit([1, 2], [0, 1], 2, new LogisticOptions { C = 0 }));
    }

    private static (float[] Features, int[] Labels) Draw(int count, int dimension, int classes)
    {
        var random = new Random(1);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % classes)];
        return (
            [
                .. Enumerable
                    .Range(0, count * dimension)
                    .Select(i => (float)(random.NextDouble() + (i % dimension == labels[i / dimension] ? 0.5 : 0))),
            ],
            labels
        );
    }
}
