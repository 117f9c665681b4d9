using System.Globalization;
using System.Text.Json;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Testing;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>Compares every value of a JSON document with the figure of the same path.</summary>
internal static class FixtureWalk
{
    public const double Tolerance = 1e-9;

    // What says how a value came about or what it was made of, and is no result.
    private static readonly string[] Inputs = ["how", "note", "caption", "dataset", "caption_in_file"];

    public static IEnumerable<GoldenCheck> Compare(string @case, JsonElement expected, IEnumerable<BenchmarkFigure> figures)
    {
        Dictionary<string, BenchmarkFigure> byKey = new(StringComparer.Ordinal);
        foreach (BenchmarkFigure figure in figures)
            byKey[figure.Key] = figure;
        return Walk(@case, "", expected, byKey);
    }

    private static IEnumerable<GoldenCheck> Walk(
        string @case,
        string path,
        JsonElement expected,
        Dictionary<string, BenchmarkFigure> figures
    )
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object when expected.EnumerateObject().Any():
                return expected
                    .EnumerateObject()
                    .Where(property => property.Value.ValueKind != JsonValueKind.String || !Inputs.Contains(property.Name))
                    .SelectMany(property =>
                        Walk(@case, path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value, figures)
                    );
            case JsonValueKind.Array
                when expected.EnumerateArray().Any(element => element.ValueKind is JsonValueKind.Object or JsonValueKind.Array):
                return expected
                    .EnumerateArray()
                    .SelectMany((element, i) => Walk(@case, At(path, i), element, figures))
                    .Concat(Surplus(@case, path, expected.GetArrayLength(), figures));
            case JsonValueKind.Array:
                return [Texts(@case, path, string.Join(',', expected.EnumerateArray().Select(Plain)), figures)];
            case JsonValueKind.Object:
                return [Texts(@case, path, "", figures)];
            default:
                return [Leaf(@case, path, expected, figures)];
        }
    }

    private static IEnumerable<GoldenCheck> Surplus(string @case, string path, int length, Dictionary<string, BenchmarkFigure> figures)
    {
        string next = At(path, length) + ".";
        if (figures.Keys.Any(key => key.StartsWith(next, StringComparison.Ordinal)))
        {
            yield return GoldenCheck.Failed(
                @case,
                path,
                0,
                string.Create(CultureInfo.InvariantCulture, $"expected {length} entries, found more")
            );
        }
    }

    private static GoldenCheck Leaf(string @case, string path, JsonElement expected, Dictionary<string, BenchmarkFigure> figures)
    {
        if (LenientJson.Number(expected) is not { } number)
            return Texts(@case, path, Plain(expected), figures);
        if (!figures.TryGetValue(path, out BenchmarkFigure? figure))
            return NotComputed(@case, path);
        double distance = Distance(figure, number);
        string? remark = figure.IsRange ? $"ties leave it open: {Value(figure)}" : null;
        return new GoldenCheck(
            @case,
            path,
            distance,
            Tolerance,
            distance <= Tolerance
                ? remark
                : $"expected {(double.IsNaN(number) ? "nothing" : FormattableString.Invariant($"{number:R}"))}, found {Value(figure)}"
        );
    }

    /// <summary>How far a number is from a figure, 0 within a range; NaN where only one of the two is a number.</summary>
    private static double Distance(BenchmarkFigure figure, double number)
    {
        if (figure.Number is not { } low || figure.Highest is not { } high)
            return double.NaN;
        if (double.IsNaN(low) || double.IsNaN(number))
            return double.IsNaN(low) && double.IsNaN(number) ? 0 : double.NaN;
        return Math.Max(0, Math.Max(low - number, number - high));
    }

    private static string Value(BenchmarkFigure figure) =>
        figure.Text
        ?? (
            figure.Number is not { } number || double.IsNaN(number) ? "nothing"
            : figure.IsRange ? string.Create(CultureInfo.InvariantCulture, $"{number:R} to {figure.Highest:R}")
            : number.ToString("R", CultureInfo.InvariantCulture)
        );

    private static GoldenCheck Texts(string @case, string path, string expected, Dictionary<string, BenchmarkFigure> figures)
    {
        if (!figures.TryGetValue(path, out BenchmarkFigure? figure))
            return NotComputed(@case, path);
        bool same = figure.Text == expected;
        return new GoldenCheck(@case, path, same ? 0 : 1, 0, same ? null : $"expected '{expected}', found '{Value(figure)}'");
    }

    private static GoldenCheck NotComputed(string @case, string path) => GoldenCheck.Failed(@case, path, Tolerance, "not computed");

    private static string Plain(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => value.GetRawText(),
        };

    private static string At(string path, int place) => string.Create(CultureInfo.InvariantCulture, $"{path}.{place}");
}
