using System.CommandLine;
using System.Globalization;
using System.Text;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Goldens;
using Dcsm.Goldens;
using Dcsm.Training.Goldens;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm verify-goldens DIR</c>: this toolkit against numbers of the reference programs.</summary>
internal static class VerifyGoldensCommand
{
    private const string Training = "official-training";
    private static readonly string[] Groups = [.. GoldenFolder.Groups, Training];
    private static readonly string[] NotYet = ["baselines"];

    public static Command Create()
    {
        Argument<string> directory = new("DIR")
        {
            Description = "A folder of goldens: tokenizer, preprocess, clip-tiny, clip-full, official-dcsm, checkpoints, any of them.",
        };
        Option<string[]> groups = new("--group")
        {
            Description =
                $"Which groups: {string.Join(", ", Groups)}. clip-full and end-to-end need 1 to 2 GB for temporary files. [default: all]",
            HelpName = "GROUP",
            AllowMultipleArgumentsPerToken = true,
        };
        groups.AcceptOnlyFromAmong(Groups);
        Option<string?> outFile = new("--out", "-o") { Description = "Also write the comparisons to a Markdown file.", HelpName = "FILE" };
        Command command = new(
            "verify-goldens",
            "Compares tokens, pixels, embeddings, maps, scores, checkpoints and training steps with numbers that the reference programs gave."
        )
        {
            directory,
            groups,
            outFile,
        };
        return command
            .WithExamples("dcsm verify-goldens goldens", "dcsm verify-goldens goldens --out docs/fidelity.md")
            .Judges(
                (parse, terminal, cancellationToken) =>
                    Run(
                        parse.GetValue(directory)!,
                        parse.GetValue(groups) is { Length: > 0 } some ? some : Groups,
                        parse.GetValue(outFile),
                        terminal,
                        cancellationToken
                    )
            );
    }

    private static bool Run(string directory, string[] groups, string? outFile, Terminal terminal, CancellationToken cancellationToken)
    {
        List<GoldenCheck> checks = [];
        IEnumerable<GoldenCheck> all = GoldenFolder
            .Verify(directory, groups, cancellationToken)
            .Concat(
                groups.Contains(Training)
                    ? GoldenCheck.Guarded(Training, OfficialTrainingGoldens.Verify(Path.Combine(directory, "official-dcsm")))
                    : []
            );
        foreach (GoldenCheck check in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            checks.Add(check);
            if (!terminal.Json && !(terminal.Quiet && check.Passed))
                Terminal.Result(GoldenLine.Of(check));
        }

        string[] skipped = [.. NotYet.Where(group => Directory.Exists(Path.Combine(directory, group)))];
        if (checks.Count == 0)
            throw new InvalidDataException($"{directory}: holds none of these groups of goldens: {string.Join(", ", groups)}");
        var summary = GoldenSummary.Of(checks);
        if (outFile is not null)
            TextOutput.Write(outFile, Markdown(checks, skipped));
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    summary.Passed,
                    summary.Failed,
                    skipped,
                    checks,
                }
            );
            return summary.Failed == 0;
        }

        foreach (string group in skipped)
            Terminal.Result($"skip  {group}: there are no such encoders yet");
        Terminal.Result(summary.Totals);
        return summary.Failed == 0;
    }

    private static string Markdown(List<GoldenCheck> checks, string[] skipped)
    {
        StringBuilder text = new(
            """
            # Fidelity

            How far this toolkit is from the reference programs, on numbers that those gave. Differences are the largest absolute ones; for
            ids, bytes, captions and entries they are counts. Written by `dcsm verify-goldens DIR --out docs/fidelity.md`.


            """
        );
        foreach (IGrouping<string, GoldenCheck> group in checks.GroupBy(check => check.Case.Split('/')[0]))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"## {group.Key}\n\n| goldens | compared | difference | allowed | |\n| --- | --- | ---: | ---: | --- |\n"
            );
            foreach (GoldenCheck check in group)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {Escape(check.Case)} | {Escape(check.Compared)} | {GoldenLine.Number(check.Difference)} | {GoldenLine.Number(check.Tolerance)} | {(check.Passed ? "passed" : "**failed**")}{(check.Remark is null ? "" : "; " + Escape(check.Remark))} |\n"
                );
            }

            text.Append('\n');
        }

        foreach (string group in skipped)
            text.Append(CultureInfo.InvariantCulture, $"Skipped: {group}, for there are no such encoders yet.\n\n");
        text.Append(GoldenSummary.Of(checks).Totals).Append('\n');
        return text.ToString();
    }

    private static string Escape(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
