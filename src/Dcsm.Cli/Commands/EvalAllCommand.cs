using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Runs;
using Dcsm.Cli.Shards;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval all</c>: every benchmark whose files are there.</summary>
internal sealed class EvalAllCommand
{
    private readonly Option<string> _data = EvalBenchmarkCommand.Data(
        "A folder that benchmarks were unpacked into, together or in a folder each."
    );
    private readonly BenchmarkRun _run = new();

    public static Command Create() => new EvalAllCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new("all", "Runs every benchmark that it finds, and says what the others need.") { _data };
        _run.AddTo(command);
        ShardOption.Refuse(command, "each benchmark is cut by itself: dcsm eval NAME --shard I/N");
        return command
            .WithExamples("dcsm eval all --data data --out out/all", "dcsm eval all --data data --clip openai/clip-vit-base-patch32 --json")
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string root = parse.GetValue(_data)!;
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"{root}: there is no such folder");
        string[] folders = [root, .. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)];
        IBenchmarkReader[] published = [.. BenchmarkCatalog.All.Where(reader => reader.Name is not ("csv" or "jsonl"))];
        (IBenchmarkReader Reader, string? Root)[] found = [.. published.Select(reader => (reader, Array.Find(folders, reader.IsPresent)))];
        if (!found.Any(f => f.Root is not null))
        {
            throw new FileNotFoundException(
                $"{root}: holds none of the benchmarks' files, nor does a folder in it; 'dcsm eval list' says what they are"
            );
        }

        using OpenedScorers opened = _run.Open(parse, terminal);
        var results = new List<BenchmarkResult>();
        var failures = new List<(string Name, string Reason)>();
        foreach ((IBenchmarkReader reader, string? folder) in found)
        {
            if (folder is null)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                string? directory = _run.Out(parse) is { } output ? Path.Combine(output, reader.Name) : null;
                results.Add(_run.Run(reader, folder, directory, opened, parse, terminal, cancellationToken));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException)
            {
                // One benchmark that cannot be read does not cost the others.
                failures.Add((reader.Name, e.Message));
                terminal.Warning($"{reader.Name}: {e.Message}");
            }
        }

        Report(results, failures, [.. found.Where(f => f.Root is null).Select(f => f.Reader)], parse, terminal);
        if (failures.Count > 0)
        {
            throw new InvalidDataException(
                $"{root}: {failures.Count} of {failures.Count + results.Count} benchmarks could not be run: "
                    + string.Join(", ", failures.Select(failure => failure.Name))
            );
        }
    }

    private void Report(
        List<BenchmarkResult> results,
        List<(string Name, string Reason)> failures,
        IBenchmarkReader[] missing,
        ParseResult parse,
        Terminal terminal
    )
    {
        Table? table = results.Count == 0 ? null : Summary(results);
        if (_run.Out(parse) is { } directory && table is not null)
        {
            AtomicFile.Write(Path.Combine(directory, "table.md"), TableRenderer.ToMarkdown(table));
            AtomicFile.Write(Path.Combine(directory, "table.tex"), TableRenderer.ToLatex(table));
        }

        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    results = results.Select(result => System.Text.Json.Nodes.JsonNode.Parse(result.ToJson())),
                    failed = failures.Select(f => new { benchmark = f.Name, reason = f.Reason }),
                    missing = missing.Select(reader => new
                    {
                        benchmark = reader.Name,
                        reader.Files,
                        reader.Source,
                    }),
                }
            );
            return;
        }

        if (_run.Details(parse))
        {
            foreach (BenchmarkResult result in results)
                _run.Show(result, parse, terminal);
        }

        if (table is not null)
            TableFormat.Show(terminal, table, _run.Format(parse));
        foreach (IBenchmarkReader reader in missing)
            terminal.Remark($"not found: {reader.Name} needs {reader.Files} (from {reader.Source})");
    }

    /// <summary>A row a benchmark: the figure that stands for it, of each scorer; a dash where one was not asked.</summary>
    private static Table Summary(List<BenchmarkResult> results)
    {
        string[] scorers = [.. results.SelectMany(result => result.Scorers).Select(scorer => scorer.Name).Distinct(StringComparer.Ordinal)];
        return new(
            "All benchmarks, percent",
            [
                new("Benchmark"),
                new("Figure"),
                new("Items", AlignRight: true),
                new("Chance", AlignRight: true),
                .. scorers.Select(scorer => new TableColumn(scorer, AlignRight: true)),
            ],
            [
                .. results.Select(result => new TableRow([
                    result.Name,
                    BenchmarkTables.Title(result.MainFigure),
                    TableCell.Count(result.Items),
                    TableCell.Percent(result.Chance ?? double.NaN),
                    .. scorers.Select(scorer =>
                        result.Results.FirstOrDefault(own => own.Scorer == scorer)?.Find(result.MainFigure) is { } estimate
                            ? TableCell.Percent(estimate.Estimate)
                            : "–"
                    ),
                ])),
            ],
            ["Ties count as wrong. In brackets: 95 % intervals by a bootstrap over pictures."]
        );
    }
}
