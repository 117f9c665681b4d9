using System.CommandLine;
using System.CommandLine.Invocation;
using BenchmarkDotNet.Running;
using Dcsm.Benchmarks;
using Dcsm.Benchmarks.Commands;

// What stands without a command is BenchmarkDotNet's: --filter, --list, --job …
if (args is [['-', ..], ..] && args[0] is not ("--help" or "-h" or "-?" or "--version"))
{
    BenchmarkSwitcher.FromAssembly(typeof(SceneBenchmarks).Assembly).Run(args);
    return 0;
}

RootCommand root = new(
    """
    Measures the toolkit: beside its peers, stage by stage, and as its inputs grow.

    Without a command, options are BenchmarkDotNet's:  --filter '*KernelBenchmarks*'  --list flat
    """
)
{
    CompareCommand.Create(),
    ProfileCommand.Create(),
    MemoryCommand.Create(),
    LoadCommand.Create(),
    CancelCommand.Create(),
    GrowthCommand.Create(),
    TrainingCommand.Create(),
    HalvesCommand.Create(),
    ProbeCommand.Create(),
    GpuCommand.Create(),
};
ParseResult parse = root.Parse(args);
if (parse.Action is ParseErrorAction)
{
    foreach (string message in parse.Errors.Select(error => error.Message).Distinct())
        Console.Error.WriteLine($"benchmarks: {message}");
    return 2;
}
try
{
    return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"benchmarks: {e.Message}");
    return 2;
}
