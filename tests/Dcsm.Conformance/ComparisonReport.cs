using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dcsm.Testing;

namespace Dcsm.Conformance;

/// <summary>Comparisons on stdout: a line each while they are made, last how many passed; or all of them as JSON.</summary>
/// <param name="printPassed">Whether those that passed have lines too.</param>
/// <param name="json">Whether everything is printed at the end, as JSON and in full precision.</param>
internal sealed class ComparisonReport(bool printPassed, bool json)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly List<GoldenCheck> _checks = [];

    public IReadOnlyList<GoldenCheck> Checks => _checks;

    /// <summary>"N passed, N failed".</summary>
    public static string Totals(IReadOnlyCollection<GoldenCheck> checks) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{checks.Count(check => check.Passed)} passed, {checks.Count(check => !check.Passed)} failed"
        );

    /// <summary>Makes the comparisons.</summary>
    /// <param name="checks">They are made as this is gone through.</param>
    /// <param name="nothing">What is said where there are none.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public void Make(IEnumerable<GoldenCheck> checks, string nothing)
    {
        foreach (GoldenCheck check in checks)
        {
            _checks.Add(check);
            if (!json && (printPassed || !check.Passed))
                Console.Out.WriteLine(GoldenLine.Of(check));
        }

        if (_checks.Count == 0)
            throw new InvalidDataException(nothing);
    }

    /// <summary>Prints the sums.</summary>
    /// <returns>The exit code: 0, or 1 where a comparison failed.</returns>
    public int Close()
    {
        int failed = _checks.Count(check => !check.Passed);
        if (json)
        {
            var result = new
            {
                passed = _checks.Count - failed,
                failed,
                checks = _checks,
            };
            Console.Out.WriteLine(JsonSerializer.Serialize(result, Json));
            return failed == 0 ? 0 : 1;
        }

        Console.Out.WriteLine(Totals(_checks));
        return failed == 0 ? 0 : 1;
    }
}
