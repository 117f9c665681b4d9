using System.Globalization;
using Dcsm.Benchmarks.Compare;
using Dcsm.Training.Probing;

namespace Dcsm.Benchmarks.Works;

/// <summary>A linear probe to convergence, beside scikit-learn at the loosest of its tolerances that finds as low an objective.</summary>
internal sealed class ProbeWork : IWork
{
    // How far above ours scikit-learn's objective may be, as a part of it.
    private const double Allowed = 1e-6;

    public string Name => "probe";

    public IEnumerable<Row> Measure(Session session)
    {
        var made = new ProbeFeatures(10_000, 512, 100);
        const string Work = "linear probe, 10 000 × 512, 100 classes, C = 316, from 0 to convergence";
        Session.Say(Work);
        if (session.Learn is not { } learn)
            yield break;
        float[] features = made.Draw();
        var options = new LogisticOptions { C = 316 };
        LogisticFit ours = LogisticRegression.Fit(features, made.Labels, made.Classes, options);
        float[] found = learn.Check(
            Name,
            new Dictionary<string, (int[] Shape, float[] Values)>
            {
                ["features"] = ([made.Pictures, made.Width], features),
                ["labels"] = ([made.Pictures], [.. made.Labels.Select(label => (float)label)]),
            },
            new
            {
                c = options.C,
                most = options.MaxIterations,
                objective = ours.Objective * (1 + Allowed),
            }
        );
        double difference = (found[0] / ours.Objective) - 1;
        Session.Equal("probe, objective over ours", [1], [(float)(1 + difference)], 2 * Allowed);
        Samples[] samples = Alternation.Run(
            session.Runs,
            0.5,
            () => LogisticRegression.Fit(features, made.Labels, made.Classes, options),
            () => learn.Run(Name)
        );
        yield return Row.Time(
            Work,
            learn.Version,
            1,
            samples[0],
            samples[1],
            "s",
            string.Create(
                CultureInfo.InvariantCulture,
                $"objective {ours.Objective:0.0####} in {ours.Iterations} steps, the peer's {difference:+0.#e-0;-0.#e-0} of it apart in "
                    + $"{found[1]:0} (tol = {found[2]:0e0})"
            )
        );
    }
}
