using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statements;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval statements</c>: CLIP's cosine against DCSM heads on any true and false statements about scenes.</summary>
internal sealed class EvalStatementsCommand
{
    private readonly Option<string[]> _clips = OpenedScorers.ClipOption();
    private readonly Option<string[]> _heads = OpenedScorers.HeadOption();
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<int> _pictures = new Option<int>("--pictures", "-n")
    {
        Description = "Pictures of each part; galleries are as large.",
        DefaultValueFactory = _ => 480,
    }.AtLeast(1);
    private readonly Option<string[]> _parts = SceneOptions.Parts(
        "Which pairs of objects: train, unseen-pairs, unseen-objects; several separated by commas or spaces.",
        SplitPart.UnseenObjects
    );
    private readonly Option<ulong> _seed = CommonOptions.Seed(
        "Seed of the scenes; take another one than training had.",
        EvalScenesCommand.DefaultSeed
    );
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<string?> _directory = new("--out", "-o")
    {
        Description =
            "Also write results.json, items.csv (every statement), tables.md and report.html to a folder, and reliability.png where a "
            + "scorer gives probabilities.",
        HelpName = "DIR",
    };
    private readonly Option<string?> _markdown = new("--markdown")
    {
        Description = "Also write all tables, with the command line that made them, to a Markdown file.",
        HelpName = "FILE",
    };
    private readonly Option<string> _format = TableFormat.Option();
    private readonly Option<bool> _details = new("--details") { Description = "Also show differences between scorers." };
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create() => new EvalStatementsCommand().ToCommand();

    private Command ToCommand()
    {
        _splitSeed.Description += " Used only where no head says which split it was trained on.";
        Command command = new(
            "statements",
            "Asks the cosine of CLIPs, and DCSM heads, which statements are true of scenes: within and across kinds, by one threshold, as "
                + "probabilities, and in galleries; in the wordings of training and in others, with 95 % intervals."
        )
        {
            _clips,
            _heads,
            _compat,
            _pictures,
            _parts,
            _seed,
            _splitSeed,
            _objects,
            _directory,
            _markdown,
            _format,
            _details,
            _precision,
            _threads,
        };
        ShardOption.Refuse(
            command,
            "figures and their intervals are of all pictures together, which are drawn and judged in minutes; fewer --pictures, or other "
                + "seeds, are runs of their own"
        );
        return command
            .WithExamples(
                "dcsm eval statements",
                "dcsm eval statements --head data/head-small --head out/head --out out/statements",
                "dcsm eval statements --pictures 2000 --part unseen-pairs,unseen-objects --details --markdown statements.md"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using var opened = OpenedScorers.Open(
            parse.GetValue(_clips),
            parse.GetValue(_heads),
            Compatibility.Of(parse.GetValue(_compat)),
            parse.GetValue(_threads),
            terminal,
            parse.GetPrecision(_precision)
        );
        var world = SceneWorld.OfHeads(opened.Heads, parse.GetValue(_objects), opened.Clips, parse.GetValue(_splitSeed), terminal);
        var tests = new StatementTestSet(
            new StatementSampler(world.Library, world.Split),
            world.Library,
            parse.GetParts(_parts),
            parse.GetValue(_pictures),
            parse.GetValue(_seed)
        );
        // Each picture with its statements, and with the captions of all of its part.
        long pairs =
            tests.Pictures.Sum(picture => (long)picture.Statements.Count)
            + tests.Pictures.GroupBy(picture => picture.Part).Sum(part => (long)part.Count() * part.Count());
        foreach (PairCost cost in PairCost.Of(pairs, opened.Scorers))
            terminal.Remark(cost.ToString());
        StatementEvaluationResult result = Evaluate(terminal, tests, opened.Scorers, cancellationToken);
        if (parse.GetValue(_markdown) is { } file)
            AtomicFile.Write(file, $"# Statements\n\n```sh\n{CommandLineText.Of(parse)}\n```\n\n{Markdown(result)}");
        if (parse.GetValue(_directory) is { } directory)
            Write(result, directory, terminal);
        if (terminal.Json)
        {
            Terminal.Result(result.ToJson().TrimEnd('\n'));
            return;
        }

        foreach (Table table in Tables(result, parse.GetValue(_details)))
            TableFormat.Show(terminal, table, parse.GetValue(_format)!);
    }

    /// <summary>Judges with a progress bar.</summary>
    public static StatementEvaluationResult Evaluate(
        Terminal terminal,
        StatementTestSet tests,
        IReadOnlyList<IScorer> scorers,
        CancellationToken cancellationToken
    ) =>
        ProgressView.Track(
            terminal,
            "Judging",
            "pictures",
            progress => StatementEvaluation.Run(tests, scorers, progress: progress, cancellationToken: cancellationToken)
        );

    private static IEnumerable<Table> Tables(StatementEvaluationResult result, bool details) =>
        details ? result.ToTables().Concat(result.ToDifferenceTables()) : result.ToTables();

    private static string Markdown(StatementEvaluationResult result) =>
        string.Join('\n', Tables(result, details: true).Select(TableRenderer.ToMarkdown));

    private static void Write(StatementEvaluationResult result, string directory, Terminal terminal)
    {
        Directory.CreateDirectory(directory);
        result.WriteJson(Path.Combine(directory, "results.json"));
        result.WriteItems(Path.Combine(directory, "items.csv"), terminal.CsvRaw);
        AtomicFile.Write(Path.Combine(directory, "tables.md"), Markdown(result));
        new StatementReport { Result = result }.Write(Path.Combine(directory, "report.html"));
        string files = "results.json, items.csv, tables.md and report.html";
        if (ReliabilityPicture.Charts(result) is { Count: > 0 } charts)
        {
            LineChartPicture.Write(Path.Combine(directory, "reliability.png"), charts);
            files = $"reliability.png, {files}";
        }

        terminal.Remark($"{files} are in {directory}");
    }
}
