using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval scenes</c>: CLIP's cosine against DCSM heads on opposite scenes.</summary>
internal sealed class EvalScenesCommand
{
    /// <summary>Apart from the seeds that people train with.</summary>
    public const ulong DefaultSeed = 20_002;

    private readonly Option<string[]> _clips = OpenedScorers.ClipOption();
    private readonly Option<string[]> _heads = OpenedScorers.HeadOption();
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<string?> _scenes = new("--scenes")
    {
        Description = "Judge on a folder that 'dcsm synth' wrote. [default: new scenes]",
        HelpName = "DIR",
    };
    private readonly Option<int?> _samples = new Option<int?>("--samples", "-n")
    {
        Description = "Samples of each kind in each part. [default: 500, or all of the folder]",
    }.AtLeast(1);
    private readonly Option<string[]> _parts = SceneOptions.Parts(
        "Which pairs of objects: train, unseen-pairs, unseen-objects; several separated by commas or spaces.",
        SplitPart.UnseenPairs,
        SplitPart.UnseenObjects
    );
    private readonly Option<string[]> _kinds = SceneOptions.Kinds();
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of the scenes; take another one than training had.", DefaultSeed);
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<string?> _directory = new("--out", "-o")
    {
        Description = "Also write results.json, items.csv (every choice), table.md, table.tex, examples.png and report.html to a folder.",
        HelpName = "DIR",
    };
    private readonly Option<string?> _markdown = new("--markdown")
    {
        Description = "Also write all tables, with the command line that made them, to a Markdown file.",
        HelpName = "FILE",
    };
    private readonly Option<string> _format = TableFormat.Option();
    private readonly Option<bool> _details = new("--details")
    {
        Description = "Also show the other direction, groups, and differences with p values.",
    };
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create() => new EvalScenesCommand().ToCommand();

    private Command ToCommand()
    {
        _splitSeed.Description += " Used only where no head says which split it was trained on.";
        Command command = new(
            "scenes",
            "Asks the cosine of CLIPs, and DCSM heads, which of two opposite captions is true of a scene; per kind, with 95 % intervals."
        )
        {
            _clips,
            _heads,
            _compat,
            _scenes,
            _samples,
            _parts,
            _kinds,
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
            "figures and their intervals are of all samples together, which are drawn and judged in minutes; fewer --samples, or other "
                + "seeds, are runs of their own"
        );
        return command
            .WithExamples(
                "dcsm eval scenes",
                "dcsm eval scenes --clip data/clip-small --head data/head-small --head out/head --samples 2000 --out out/eval",
                "dcsm eval scenes --scenes out/unseen --head out/head --format latex",
                "dcsm eval scenes --clip data/clip-small --clip out/clip-sigmoid --head data/head-small --head out/head-sigmoid"
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
        SceneTestSet tests = parse.GetValue(_scenes) is { } folder
            ? SceneTestSet.Open(
                folder,
                parse.GetResult(_parts)?.Implicit == false ? parse.GetParts(_parts) : null,
                parse.GetKinds(_kinds),
                parse.GetValue(_samples) ?? int.MaxValue
            )
            : Sample(
                SceneWorld.OfHeads(opened.Heads, parse.GetValue(_objects), opened.Clips, parse.GetValue(_splitSeed), terminal),
                parse.GetParts(_parts),
                parse.GetKinds(_kinds),
                parse.GetValue(_samples) ?? 500,
                parse.GetValue(_seed)
            );
        foreach (PairCost cost in PairCost.Of(tests.Tests.Sum(test => 4L * test.Paraphrases), opened.Scorers))
            terminal.Remark(cost.ToString());
        SceneEvaluationResult result = Evaluate(terminal, "Judging", tests, opened.Scorers, cancellationToken);
        if (parse.GetValue(_markdown) is { } file)
            AtomicFile.Write(file, Markdown(result, parse));
        Report(result, parse.GetValue(_directory), parse.GetValue(_format)!, parse.GetValue(_details), terminal);
    }

    /// <summary>Judges with a progress bar.</summary>
    public static SceneEvaluationResult Evaluate(
        Terminal terminal,
        string title,
        SceneTestSet tests,
        IReadOnlyList<IScorer> scorers,
        CancellationToken cancellationToken
    ) =>
        ProgressView.Track(
            terminal,
            title,
            "samples",
            progress => SceneEvaluation.Run(tests, scorers, progress: progress, cancellationToken: cancellationToken)
        );

    private static SceneTestSet Sample(SceneWorld world, SplitPart[] parts, SceneKind[] kinds, int samples, ulong seed) =>
        SceneTestSet.Sample(new SceneSampler(world.Library, world.Split), world.Library, parts, samples, seed, kinds);

    private static string Markdown(SceneEvaluationResult result, ParseResult parse)
    {
        return $"""
                # Opposite scenes

                ```sh
                {CommandLineText.Of(parse)}
                ```

                {TableRenderer.ToMarkdown(result.ToTable(details: true))}
                {TableRenderer.ToMarkdown(result.ToComparisonTable())}
                """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }

    private static void Report(SceneEvaluationResult result, string? directory, string format, bool details, Terminal terminal)
    {
        var table = result.ToTable(details);
        if (directory is not null)
        {
            Directory.CreateDirectory(directory);
            result.WriteJson(Path.Combine(directory, "results.json"));
            result.WriteItems(Path.Combine(directory, "items.csv"), terminal.CsvRaw);
            AtomicFile.Write(Path.Combine(directory, "table.md"), TableRenderer.ToMarkdown(table));
            AtomicFile.Write(Path.Combine(directory, "table.tex"), TableRenderer.ToLatex(table));
            // The first samples, whatever came out.
            SceneStripPicture.Write(
                Path.Combine(directory, "examples.png"),
                result,
                SceneExamples.First(result, result.Parts[^1], perKind: 2)
            );
            new SceneReport { Result = result }.Write(Path.Combine(directory, "report.html"));
            terminal.Remark($"results.json, items.csv, table.md, table.tex, examples.png and report.html are in {directory}");
        }

        if (terminal.Json)
        {
            Terminal.Result(result.ToJson().TrimEnd('\n'));
            return;
        }

        TableFormat.Show(terminal, table, format);
        if (details && result.Comparisons.Count > 0)
            TableFormat.Show(terminal, result.ToComparisonTable(), format);
    }
}
