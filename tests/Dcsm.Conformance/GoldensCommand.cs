using System.CommandLine;
using Dcsm.Conformance.Groups;
using Dcsm.IO.Files;

namespace Dcsm.Conformance;

/// <summary>
/// <c>goldens DIR</c>: tokens, pixels, embeddings, maps, scores, checkpoints and training steps against those of the reference programs.
/// </summary>
internal static class GoldensCommand
{
    public static Command Create()
    {
        Argument<string> directory = new("DIR")
        {
            Description = "A folder of goldens, laid out as tests/Goldens; any of its groups may be missing.",
        };
        Option<string[]> groups = new("--group")
        {
            Description =
                $"Which groups: {string.Join(", ", GoldenFolder.Groups)}. "
                + "clip-full and end-to-end need 1 to 2 GB for temporary files. [default: all]",
            HelpName = "GROUP",
            AllowMultipleArgumentsPerToken = true,
        };
        groups.AcceptOnlyFromAmong([.. GoldenFolder.Groups]);
        Option<string?> outFile = new("--out", "-o") { Description = "Also write the comparisons to a Markdown file.", HelpName = "FILE" };
        Option<bool> quiet = new("--quiet", "-q") { Description = "Print what failed, not what passed." };
        Option<bool> json = new("--json") { Description = "Print the comparisons as JSON, in full precision." };
        Command command = new(
            "goldens",
            "Compares tokens, pixels, embeddings, maps, scores, checkpoints and training steps with numbers that the reference programs "
                + "gave."
        )
        {
            directory,
            groups,
            outFile,
            quiet,
            json,
        };
        command.SetAction(
            (parse, cancellationToken) =>
                Task.Run(
                    () =>
                        Run(
                            parse.GetValue(directory)!,
                            parse.GetValue(groups) is { Length: > 0 } chosen ? chosen : null,
                            parse.GetValue(outFile),
                            new ComparisonReport(printPassed: !parse.GetValue(quiet), parse.GetValue(json)),
                            cancellationToken
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static int Run(
        string directory,
        string[]? groups,
        string? outFile,
        ComparisonReport report,
        CancellationToken cancellationToken
    )
    {
        report.Make(
            GoldenFolder.Verify(directory, groups, cancellationToken),
            $"{directory}: holds none of these groups of goldens: {string.Join(", ", groups ?? GoldenFolder.Groups)}"
        );
        if (outFile is not null)
        {
            string path = Path.GetFullPath(outFile);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, FidelityPage.Of(report.Checks));
        }

        return report.Close();
    }
}
