using System.Globalization;
using System.Text;
using Dcsm.Testing;

namespace Dcsm.Conformance;

/// <summary>The comparisons as Markdown: docs/fidelity.md.</summary>
internal static class FidelityPage
{
    public static string Of(IReadOnlyCollection<GoldenCheck> checks)
    {
        StringBuilder text = new(
            """
            # Fidelity

            How far this toolkit is from the reference programs, on numbers that those gave. Differences are the largest absolute ones; for
            ids, bytes, captions and entries they are counts. Written by
            `dotnet run -c Release --project tests/Dcsm.Conformance -- goldens DIR --out docs/fidelity.md`.


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
                string[] cells =
                [
                    Escape(check.Case),
                    Escape(check.Compared),
                    GoldenLine.Number(check.Difference),
                    GoldenLine.Number(check.Tolerance),
                    (check.Passed ? "passed" : "**failed**") + (check.Remark is null ? "" : "; " + Escape(check.Remark)),
                ];
                text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
            }

            text.Append('\n');
        }

        return text.Append(ComparisonReport.Totals(checks)).Append('\n').ToString();
    }

    private static string Escape(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
