using System.Globalization;
using Dcsm.Testing;

namespace Dcsm.Conformance;

/// <summary>A comparison with a reference as a line of text.</summary>
internal static class GoldenLine
{
    public static string Of(GoldenCheck check) =>
        $"{(check.Passed ? "pass" : "FAIL")}  {check.Case}  {check.Compared}: {Number(check.Difference)} (at most "
        + $"{Number(check.Tolerance)}){(check.Remark is null ? "" : "; " + check.Remark)}";

    public static string Number(double value) =>
        value == Math.Floor(value)
            ? value.ToString("0", CultureInfo.InvariantCulture)
            : value.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
