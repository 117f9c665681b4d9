using System.Globalization;

namespace Dcsm.Testing;

/// <summary>One comparison with numbers that a reference program gave.</summary>
/// <param name="Case">What was looked at: folder and file of the goldens, or a part of it.</param>
/// <param name="Compared">What was compared.</param>
/// <param name="Difference">
/// The largest absolute difference, or how many ids, bytes or entries differ; NaN where none could be taken.
/// </param>
/// <param name="Tolerance">What the goldens' README allows.</param>
/// <param name="Remark">What else should be known: why it failed, or what was left out.</param>
public sealed record GoldenCheck(string Case, string Compared, double Difference, double Tolerance, string? Remark = null)
{
    /// <summary>Whether the difference is within the tolerance.</summary>
    public bool Passed => Difference <= Tolerance;

    /// <summary>A check of values.</summary>
    public static GoldenCheck Values(
        string @case,
        string compared,
        ReadOnlySpan<float> expected,
        ReadOnlySpan<float> actual,
        double tolerance
    ) =>
        expected.Length == actual.Length
            ? new GoldenCheck(@case, compared, Furthest(expected, actual), tolerance)
            : Failed(
                @case,
                compared,
                tolerance,
                string.Create(CultureInfo.InvariantCulture, $"{actual.Length} values, not {expected.Length}")
            );

    /// <summary>A check that could not be made.</summary>
    public static GoldenCheck Failed(string @case, string compared, double tolerance, string why) =>
        new(@case, compared, double.NaN, tolerance, why);

    /// <inheritdoc cref="Guarded(string, IEnumerable{GoldenCheck})"/>
    /// <param name="case">What the failed check is called.</param>
    /// <param name="checks">Begins the checks; what goes wrong there is the case's failure too.</param>
    public static IEnumerable<GoldenCheck> Guarded(string @case, Func<IEnumerable<GoldenCheck>> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return Guarded(@case, Begun());

        IEnumerable<GoldenCheck> Begun()
        {
            foreach (GoldenCheck check in checks())
                yield return check;
        }
    }

    /// <summary>
    /// Makes the checks of a case one after the other; a case that can't be gone on with ends with a failed check that says why.
    /// </summary>
    /// <param name="case">What the failed check is called.</param>
    /// <param name="checks">The checks.</param>
    public static IEnumerable<GoldenCheck> Guarded(string @case, IEnumerable<GoldenCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        using IEnumerator<GoldenCheck> each = checks.GetEnumerator();
        while (true)
        {
            GoldenCheck? wrong = null;
            try
            {
                if (!each.MoveNext())
                    yield break;
            }
#pragma warning disable CA1031 // Whatever is wrong with a case is its failure, and the other cases are still looked at.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                wrong = Failed(@case, "reading and computing", 0, e.Message);
            }
            yield return wrong ?? each.Current;
            if (wrong is not null)
                yield break;
        }
    }

    /// <summary>The largest absolute difference; NaN where a value is NaN that should not be.</summary>
    public static double Furthest(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double furthest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            if (double.IsNaN(difference))
                return double.NaN;
            furthest = Math.Max(furthest, difference);
        }
        return furthest;
    }
}
