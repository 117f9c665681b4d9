using System.CommandLine;
using Dcsm.Conformance.Benchmarks;

namespace Dcsm.Conformance;

/// <summary><c>fixtures DIR</c>: readers and metrics of benchmarks against figures that the published evaluation programs gave.</summary>
internal static class FixturesCommand
{
    public static Command Create()
    {
        Argument<string> directory = new("DIR")
        {
            Description =
                "A folder of small benchmarks with scores.json and expected.json, laid out as tests/Fixtures; any may be missing.",
        };
        Option<string[]> groups = new("--group")
        {
            Description = $"Which of them: {string.Join(", ", FixtureFolder.Groups)}. [default: all]",
            HelpName = "GROUP",
            AllowMultipleArgumentsPerToken = true,
        };
        groups.AcceptOnlyFromAmong([.. FixtureFolder.Groups]);
        Option<bool> verbose = new("--verbose", "-v") { Description = "Print what passed too, not only what failed." };
        Option<bool> json = new("--json") { Description = "Print the comparisons as JSON, in full precision." };
        Command command = new(
            "fixtures",
            "Recomputes published metrics from given scores, reads malformed and odd benchmarks, rewrites texts, and compares with "
                + "what is expected."
        )
        {
            directory,
            groups,
            verbose,
            json,
        };
        command.SetAction(
            (parse, cancellationToken) =>
                Task.Run(
                    () =>
                    {
                        string folder = parse.GetValue(directory)!;
                        string[]? chosen = parse.GetValue(groups) is { Length: > 0 } some ? some : null;
                        ComparisonReport report = new(parse.GetValue(verbose), parse.GetValue(json));
                        report.Make(
                            FixtureFolder.Verify(folder, FixtureSources.Catalog, chosen, cancellationToken),
                            $"{folder}: holds none of {string.Join(", ", chosen ?? FixtureFolder.Groups)}"
                        );
                        return report.Close();
                    },
                    cancellationToken
                )
        );
        return command;
    }
}
