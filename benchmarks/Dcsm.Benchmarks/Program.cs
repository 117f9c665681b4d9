using System.Globalization;
using BenchmarkDotNet.Running;
using Dcsm.Benchmarks;
using Dcsm.Benchmarks.Compare;

try
{
    switch (args)
    {
        case ["compare", .. var rest]:
            return CompareCommand.Run(rest);
        case ["memory", .. var rest]:
            return MemoryCommand.Run(rest);
        case ["halves", .. var rest]:
            return HalvesCommand.Run(rest);
        case ["growth", .. var rest]:
            return GrowthCommand.Run(rest);
        case ["profile", .. var rest]:
            return ProfileCommand.Run(rest);
        case ["training", .. var rest]:
            TrainingBenchmarks.Compare(rest is [var runs] ? int.Parse(runs, CultureInfo.InvariantCulture) : 9);
            return 0;
    }
}
catch (Exception e) when (e is ArgumentException or InvalidDataException or FormatException)
{
    Console.Error.WriteLine($"benchmarks: {e.Message}");
    return 2;
}
BenchmarkSwitcher.FromAssembly(typeof(SceneBenchmarks).Assembly).Run(args);
return 0;
