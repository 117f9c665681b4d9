using BenchmarkDotNet.Running;
using Dcsm.Benchmarks.Compare;

try
{
    if (args is ["compare", .. var rest])
        return CompareCommand.Run(rest);
    if (args is ["memory", .. var memory])
        return Dcsm.Benchmarks.MemoryCommand.Run(memory);
    if (args is ["profile", .. var profile])
        return Dcsm.Benchmarks.ProfileCommand.Run(profile);
}
catch (Exception e) when (e is ArgumentException or InvalidDataException)
{
    Console.Error.WriteLine($"benchmarks: {e.Message}");
    return 2;
}
BenchmarkSwitcher.FromAssembly(typeof(Dcsm.Benchmarks.SceneBenchmarks).Assembly).Run(args);
return 0;
