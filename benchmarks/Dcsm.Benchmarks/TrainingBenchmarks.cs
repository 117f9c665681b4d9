using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using Dcsm.Data.Benchmarks;
using Dcsm.Training.Torch;

namespace Dcsm.Benchmarks;

/// <summary>One step of a head's training, embeddings at hand.</summary>
public class TrainingBenchmarks : IDisposable
{
    private TrainingSteps? _steps;

    [ParamsAllValues]
    public TrainingWork Work { get; set; }

    [GlobalSetup]
    public void Load()
    {
        TorchNative.EnsureLoaded();
        _steps = new TrainingSteps(Work);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _steps?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public double Kernel() => _steps!.Kernel();

    [Benchmark]
    public double Torch() => _steps!.Torch();

    [Benchmark]
    public double Conv2d() => _steps!.Peer();

    /// <summary>Times the three in turn, so that a busy machine slows all of them: <c>dotnet run -c Release --project benchmarks/Dcsm.Benchmarks -- training [runs]</c>.</summary>
    /// <param name="runs">Runs of each; the medians are printed, and the medians of the runs' ratios.</param>
    internal static void Compare(int runs)
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
                    $"{work}: {steps.Maps} maps of {steps.Config.ImageTokens} x {steps.Config.TextTokens} a step, {runs} runs in turn, losses at most {apart:0.0e0} apart"
                )
            );
            for (int way = 0; way < ways.Length; way++)
            {
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {names[way], -40} {Median(times[way]), 8:0.0} ms   {Median([.. times[way].Zip(times[0], (a, b) => a / b)]), 5:0.00} x the kernel's time"
                    )
                );
            }
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
