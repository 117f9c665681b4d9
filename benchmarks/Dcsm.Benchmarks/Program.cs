using System.Globalization;
using BenchmarkDotNet.Running;
using Dcsm.Benchmarks;

if (args is ["training", .. string[] rest])
{
    TrainingBenchmarks.Compare(rest is [string runs] ? int.Parse(runs, CultureInfo.InvariantCulture) : 9);
    return;
}
BenchmarkSwitcher.FromAssembly(typeof(SceneBenchmarks).Assembly).Run(args);
