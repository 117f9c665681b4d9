using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Fixtures;
using Dcsm.Goldens;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval check DIR</c>: readers and metrics against figures that the published evaluation programs gave.</summary>
internal static class EvalCheckCommand
{
    public static Command Create()
    {
        Argument<string> directory = new("DIR")
        {
            Description =
                $"A folder of small benchmarks with scores.json and expected.json: {string.Join(", ", FixtureFolder.Groups)}, any of them.",
        };
        Option<string[]> groups = new("--group")
        {
            Description = "Which of them. [default: all]",
            HelpName = "GROUP",
            AllowMultipleArgumentsPerToken = true,
        };
        groups.AcceptOnlyFromAmong([.. FixtureFolder.Groups]);
        Command command = new(
            "check",
            "Recomputes published metrics from given scores, reads malformed and odd benchmarks, rewrites texts, and compares with what is expected."
        )
        {
            directory,
            groups,
        };
        return command
            .WithExamples("dcsm eval check fixtures", "dcsm eval check fixtures --group whatsup --verbose")
            .Judges(
                (parse, terminal, cancellationToken) =>
                {
                    string[]? chosen = parse.GetValue(groups) is { Length: > 0 } some ? some : null;
                    List<GoldenCheck> checks = [];
                    foreach (
                        GoldenCheck check in FixtureFolder.Verify(
                            parse.GetValue(directory)!,
                            FixtureSources.Catalog,
                            chosen,
                            cancellationToken
                        )
                    )
                    {
                        checks.Add(check);
                        if (!terminal.Json && (!check.Passed || terminal.Verbose))
                            Terminal.Result(GoldenLine.Of(check));
                    }

                    if (checks.Count == 0)
                    {
                        throw new InvalidDataException(
                            $"{parse.GetValue(directory)}: holds none of {string.Join(", ", chosen ?? [.. FixtureFolder.Groups])}"
                        );
                    }

                    var summary = GoldenSummary.Of(checks);
                    if (terminal.Json)
                    {
                        Terminal.ResultAsJson(
                            new
                            {
                                summary.Passed,
                                summary.Failed,
                                checks,
                            }
                        );
                    }
                    else
                    {
                        Terminal.Result(summary.Totals);
                    }

                    return summary.Failed == 0;
                }
            );
    }
}
