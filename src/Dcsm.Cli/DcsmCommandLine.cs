using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Dcsm.Cli.Commands;
using Dcsm.Cli.Commands.Classification;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.ImageSharp;

namespace Dcsm.Cli;

/// <summary>The command line <c>dcsm</c>: its commands, and how one of them is run.</summary>
public static class DcsmCommandLine
{
    /// <summary>Exit code of an error that is ours.</summary>
    public const int UnexpectedError = 1;

    /// <summary>Exit code of a wrong command line, a missing file or bad content.</summary>
    public const int BadInput = 2;

    /// <summary>The tree of commands with their options and help texts.</summary>
    public static RootCommand Create()
    {
        RootCommand root = new(
            """
            DCSM: scores how well captions fit pictures, and tells apart what CLIP's cosine cannot:
            which one is red, which is left, which is absent.

            Start with:  dcsm quickstart
            """
        )
        {
            HelpName = "dcsm",
        };
        root.Add(QuickstartCommand.Create());
        root.Add(ScoreCommand.Create());
        root.Add(ClassifyCommand.Create());
        root.Add(EncodeCommand.Create());
        root.Add(MergeCommand.Create());
        root.Add(ExportCommand.Create());
        root.Add(ExplainCommand.Create());
        root.Add(SynthCommand.Create());
        root.Add(CorruptCommand.Create());
        Command train = TrainCommand.Create();
        train.Add(TrainAblateCommand.Create());
        train.Add(TrainAdaptCommand.Create());
        root.Add(train);
        Command eval = new("eval", "Measures CLIPs and heads: on scenes, and on published benchmarks.")
        {
            EvalScenesCommand.Create(),
            EvalStatementsCommand.Create(),
            EvalZeroShotCommand.Create(),
            EvalRobustnessCommand.Create(),
            EvalAssociationCommand.Create(),
            EvalMapsCommand.Create(),
            EvalListCommand.Create(),
            EvalAllCommand.Create(),
            EvalCompareCommand.Create(),
        };
        foreach (Command benchmark in EvalBenchmarkCommand.CreateAll())
            eval.Add(benchmark);
        root.Add(ProbeCommand.Create());
        root.Add(GeometryCommand.Create());
        root.Add(eval);
        root.Add(
            new Command("clip", "Fetches, converts, makes, inspects and checks CLIPs.")
            {
                ClipInfoCommand.Create(),
                ClipVerifyCommand.Create(),
                ClipPullCommand.Create(),
                ClipConvertCommand.Create(),
                ClipPretrainCommand.Create(),
            }
        );
        root.Add(new Command("head", "Imports and inspects DCSM heads.") { HeadInfoCommand.Create(), HeadImportCommand.Create() });
        root.WithExamples(
            "dcsm quickstart",
            "dcsm score photo.jpg --caption \"a red car and a blue bus\" --caption \"a blue car and a red bus\"",
            "dcsm train --out out/head --minutes 5",
            "dcsm eval scenes --head out/head"
        );
        root.Add(GlobalOptions.Quiet);
        root.Add(GlobalOptions.Json);
        root.Add(GlobalOptions.Verbose);
        root.Add(GlobalOptions.CsvRaw);
        HelpWithExamples.AddTo(root);
        root.LeaveWrongValuesToTheirOptions();
        root.NameValues();
        return root;
    }

    /// <summary>Runs one command line and returns its exit code: 0, 1 (an error that is ours), 2 (bad input), 130 (interrupted).</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        Terminal.Prepare();
        if (OpenFiles.TooFew() is { } fewFiles)
        {
            await Console.Error.WriteLineAsync("dcsm: " + fewFiles);
            return BadInput;
        }

        ImageSharpDecoder.Register();
        ParseResult parse;
        try
        {
            parse = ConfigFile.Parse(Create(), WithHelp(args));
        }
        catch (Exception e) when (IsBadInput(e))
        {
            await Console.Error.WriteLineAsync("dcsm: " + PlainWords.Of(e));
            return BadInput;
        }
        // Help and version are shown whatever else is wrong.
        if (parse.Action is ParseErrorAction || (parse.Action is not null && parse.Action == parse.CommandResult.Command.Action))
        {
            IReadOnlyList<string> unknown = UnknownWords.Of(parse);
            if (unknown.Count > 0 || parse.Errors.Count > 0)
                return await ReportUsageAsync(parse, unknown.Count > 0 ? unknown : [.. parse.Errors.Select(e => e.Message).Distinct()]);
        }

        var terminal = new Terminal(parse);
        using var interruption = new Interruption();
        try
        {
            terminal.Detail(string.Join(", ", SoftwareVersions.Current().Select(version => $"{version.Key} {version.Value}")));
            var watch = Stopwatch.StartNew();
            int code = await parse.InvokeAsync(new RunConfiguration(terminal), interruption.Token);
            terminal.Detail(
                $"took {ProgressPace.Span(watch.Elapsed)} on {NumberText.Count(Environment.ProcessorCount, "processor")}, at most "
                    + $"{NumberText.Count(Process.GetCurrentProcess().PeakWorkingSet64 >> 20)} MB of memory"
            );
            return code;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("dcsm: interrupted" + (terminal.ResumeHint is { } how ? "; " + Terminal.Line(how) : ""));
            return interruption.ExitCode;
        }
        catch (Exception e) when (IsBadInput(e))
        {
            await ReportAsync(e, terminal, PlainWords.Of(e));
            return BadInput;
        }
#pragma warning disable CA1031 // The last stop: whatever is left becomes one line and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            string hint = terminal.Verbose ? "" : " (this is an error of dcsm itself; --verbose shows where)";
            await ReportAsync(e, terminal, $"{e.GetType().Name}: {e.Message}{hint}");
            return UnexpectedError;
        }
    }

    private static bool IsBadInput(Exception e) =>
        e is InvalidDataException or IOException or ArgumentException or UnauthorizedAccessException;

    private static async Task ReportAsync(Exception e, Terminal terminal, string message)
    {
        await Console.Error.WriteLineAsync("dcsm: " + Terminal.Line(message));
        if (terminal.Verbose)
            await Console.Error.WriteLineAsync(string.Join('\n', e.ToString().Split('\n').Select(Terminal.Line)));
    }

    private static async Task<int> ReportUsageAsync(ParseResult parse, IReadOnlyList<string> messages)
    {
        foreach (string message in messages)
            await Console.Error.WriteLineAsync("dcsm: " + Terminal.Line(message));
        await Console.Error.WriteLineAsync($"dcsm: '{PathOf(parse)} --help' shows how it is used");
        return BadInput;
    }

    // "dcsm help score", "dcsm score help" and a command that only holds others, alone: what their --help shows.
    private static IReadOnlyList<string> WithHelp(IReadOnlyList<string> args)
    {
        if (args is ["help", ..])
            return [.. args.Skip(1), "--help"];
        ParseResult parse = Create().Parse(args);
        if (parse.UnmatchedTokens is ["help"] && args[^1] == "help")
            return [.. args.SkipLast(1), "--help"];
        return parse.CommandResult.Command.Action is null && parse.UnmatchedTokens.Count == 0 && parse.Action is ParseErrorAction
            ? [.. args, "--help"]
            : args;
    }

    private static string PathOf(ParseResult parse)
    {
        var names = new Stack<string>();
        for (
            CommandResult? result = parse.CommandResult;
            result is not null;
            result = result.Parent as System.CommandLine.Parsing.CommandResult
        )
        {
            names.Push(result.Command is RootCommand ? "dcsm" : result.Command.Name);
        }

        return string.Join(' ', names);
    }
}
