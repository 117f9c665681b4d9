using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Runs;
using Dcsm.Cli.Shards;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval BENCH</c>: a command for each published benchmark, and for a user's own file.</summary>
internal static class EvalBenchmarkCommand
{
    public static IEnumerable<Command> CreateAll() => BenchmarkCatalog.All.Select(Create);

    public static Option<string> Data(string description) =>
        new("--data", "-d")
        {
            Description = description,
            HelpName = "DIR",
            Required = true,
        };

    private static Command Create(IBenchmarkReader reader)
    {
        Option<string> data = Data($"Where it was unpacked: {reader.Files}");
        var run = new BenchmarkRun();
        Command command = new(reader.Name, $"{reader.Title}.") { data };
        run.AddTo(command);
        ShardOption.AddTo(command, "the items");
        bool isFile = reader.Name is "csv" or "jsonl";
        string root = isFile ? $"my.{reader.Name}" : "data";
        return command
            .WithExamples(
                $"dcsm eval {reader.Name} --data {root}",
                $"dcsm eval {reader.Name} --data {root} --clip openai/clip-vit-base-patch16 --head out/head-b16 --out out/{reader.Name}"
            )
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    using OpenedScorers opened = run.Open(parse, terminal);
                    if (CommandShard.Of(parse) is { } part)
                    {
                        run.Run(part, reader, parse.GetValue(data)!, opened, parse, terminal, cancellationToken);
                        return;
                    }

                    BenchmarkResult result = run.Run(
                        reader,
                        parse.GetValue(data)!,
                        run.Out(parse),
                        opened,
                        parse,
                        terminal,
                        cancellationToken
                    );
                    if (terminal.Json)
                        Terminal.Result(result.ToJson().TrimEnd('\n'));
                    else
                        run.Show(result, parse, terminal);
                }
            );
    }
}
