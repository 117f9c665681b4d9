using System.CommandLine;
using System.Diagnostics;
using Dcsm.Benchmarks.Compare;
using Dcsm.Training.Probing;

namespace Dcsm.Benchmarks.Commands;

/// <summary><c>probe</c>: a linear probe of many pictures and classes, its time and its memory.</summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        Option<int> pictures = CommonOptions.Count("--pictures", "Pictures.", 50_000);
        Option<int> width = CommonOptions.Count("--width", "Width of the features.", 512);
        Option<int> classes = CommonOptions.Count("--classes", "Classes.", 1000);
        Option<int> c = CommonOptions.Count("--c", "What the cross-entropy is multiplied by.", 10);
        Command command = new("probe", "Fits a linear probe to features that are drawn by a seed; tells its time and memory.")
        {
            pictures,
            width,
            classes,
            c,
        };
        command.SetAction(
            (parse, cancellationToken) =>
            {
                Run(
                    new ProbeFeatures(parse.GetValue(pictures), parse.GetValue(width), parse.GetValue(classes)),
                    parse.GetValue(c),
                    cancellationToken
                );
                return Task.FromResult(0);
            }
        );
        return command;
    }

    private static void Run(ProbeFeatures made, double c, CancellationToken cancellationToken)
    {
        float[] features = made.Draw();
        Console.WriteLine(
            FormattableString.Invariant($"{made.Pictures} × {made.Width}, {made.Classes} classes, C = {c}: features ")
                + FormattableString.Invariant($"{features.Length * 4.0 / (1 << 20):0} MiB, own memory {ResidentMemory.Now().Own:0} MiB")
        );
        long start = Stopwatch.GetTimestamp();
        LogisticFit fit = LogisticRegression.Fit(
            features,
            made.Labels,
            made.Classes,
            new LogisticOptions { C = c },
            progress: new Reports(at =>
            {
                if (at.Step is 1 or 2 or 5 || at.Step % 10 == 0)
                {
                    Console.WriteLine(
                        FormattableString.Invariant($"step {at.Step, 4}  {Stopwatch.GetElapsedTime(start).TotalSeconds, 7:0.0} s  ")
                            + FormattableString.Invariant($"objective {at.Objective:0.0}  own memory {ResidentMemory.Now().Own, 5:0} MiB")
                    );
                }
            }),
            cancellationToken: cancellationToken
        );
        Console.WriteLine(
            FormattableString.Invariant($"{(fit.Converged ? "converged" : "not converged")} after {fit.Iterations} steps and ")
                + FormattableString.Invariant($"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, objective {fit.Objective:0.000}; ")
                + FormattableString.Invariant($"peak {ResidentMemory.Peak():0} MiB")
        );
    }

    private sealed class Reports(Action<(int Step, double Objective)> at) : IProgress<(int Step, double Objective)>
    {
        public void Report((int Step, double Objective) value) => at(value);
    }
}
