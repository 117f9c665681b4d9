using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dcsm.Training.Torch;

namespace Dcsm.Benchmarks.Commands;

/// <summary><c>training</c>: the three ways of a training step in turn, so that a busy machine slows all of them.</summary>
internal static class TrainingCommand
{
    public static Command Create()
    {
        Option<int> runs = CommonOptions.Count("--runs", "Runs of each; the medians are printed, and the medians of the runs' ratios.", 9);
        Command command = new("training", "A training step with the project's kernels, its operations of libtorch, and conv2d of libtorch.")
        {
            runs,
        };
        command.SetAction(parse => Run(parse.GetValue(runs)));
        return command;
    }

    private static void Run(int runs)
    {
        TorchNative.EnsureLoaded();
        foreach (TrainingWork work in Enum.GetValues<TrainingWork>())
        {
            using var steps = new TrainingSteps(work);
            Func<double>[] ways = [steps.Kernel, steps.Torch, steps.Peer];
            string[] names = ["kernel", "libtorch, products of banded matrices", "libtorch, conv2d"];
            double[][] times = ways.Select(_ => new double[runs]).ToArray();
            double apart = 0;
            for (int run = -1; run < runs; run++)
            {
                double[] losses = new double[ways.Length];
                for (int way = 0; way < ways.Length; way++)
                {
                    long start = Stopwatch.GetTimestamp();
                    losses[way] = ways[way]();
                    if (run >= 0)
                        times[way][run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
                apart = Math.Max(apart, losses.Max() - losses.Min());
            }
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{work}: {steps.Maps} maps of {steps.Config.ImageTokens} x {steps.Config.TextTokens} a step, {runs} runs "
                        + $"in turn, losses at most {apart:0.0e0} apart"
                )
            );
            for (int way = 0; way < ways.Length; way++)
            {
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {names[way], -40} {Median(times[way]), 8:0.0} ms   "
                            + $"{Median([.. times[way].Zip(times[0], (a, b) => a / b)]), 5:0.00} x the kernel's time"
                    )
                );
            }
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
