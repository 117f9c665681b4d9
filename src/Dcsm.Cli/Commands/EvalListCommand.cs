using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval list</c>: what each benchmark needs and where to get it.</summary>
internal static class EvalListCommand
{
    public static Command Create() =>
        new Command("list", "Lists the benchmarks: what each needs, where to get it, its license, its chance level, its size.")
            .WithExamples("dcsm eval list", "dcsm eval list --json")
            .Runs(
                (_, terminal, _) =>
                {
                    if (terminal.Json)
                    {
                        Terminal.ResultAsJson(
                            BenchmarkCatalog.All.Select(r => new
                            {
                                r.Name,
                                r.Title,
                                r.Files,
                                r.Source,
                                r.License,
                                r.Chance,
                                r.Size,
                            })
                        );
                        return;
                    }

                    foreach (IBenchmarkReader reader in BenchmarkCatalog.All)
                    {
                        Terminal.Result($"{reader.Name}: {reader.Title}");
                        Terminal.Result($"    needs    {reader.Files}");
                        Terminal.Result($"    from     {reader.Source}");
                        Terminal.Result($"    license  {reader.License}");
                        Terminal.Result($"    chance   {reader.Chance}");
                        if (reader.Size is { } size)
                            Terminal.Result($"    size     {NumberText.Count(size)}");
                    }

                    Terminal.Result("scenes: opposite scenes drawn by this toolkit; needs nothing. See 'dcsm eval scenes --help'.");
                }
            );
}
