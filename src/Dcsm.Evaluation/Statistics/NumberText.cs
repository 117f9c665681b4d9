using System.Globalization;

namespace Dcsm.Evaluation.Statistics;

/// <summary>Numbers as text, the same in every culture.</summary>
public static class NumberText
{
    /// <summary>A share as percent without the sign: 0.973 gives "97.3"; NaN gives "–".</summary>
    public static string Percent(double share, int digits = 1) => double.IsNaN(share) ? "–" : Hundredfold(share, digits);

    /// <summary>A difference of shares in percentage points, always with its sign (U+2212 for minus): "+4.2", "−1.0", "±0.0".</summary>
    public static string Points(double difference, int digits = 1)
    {
        if (double.IsNaN(difference))
            return "–";
        string size = Hundredfold(Math.Abs(difference), digits);
        bool zero = size.AsSpan().IndexOfAnyExcept('0', '.') < 0;
        return (
                zero ? "±"
                : difference < 0 ? "−"
                : "+"
            ) + size;
    }

    /// <summary>A p value: two significant digits, "&lt; 1e-16" below what is told apart.</summary>
    public static string PValue(double p) =>
        double.IsNaN(p) ? "–"
        : p < 1e-16 ? "< 1e-16"
        : p < 0.001 ? p.ToString("0.#e-0", CultureInfo.InvariantCulture)
        : p.ToString("0.0##", CultureInfo.InvariantCulture);

    /// <summary>A number with so many decimals, without a sign where none of them shows; NaN gives "–".</summary>
    public static string Fixed(double value, int digits)
    {
        if (double.IsNaN(value))
            return "–";
        string text = value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAnyExcept('-', '0', '.') < 0 ? text.TrimStart('-') : text;
    }

    /// <summary>A score as shown beside a caption: three decimals, minus as U+2212.</summary>
    public static string Score(double value) => Fixed(value, 3).Replace('-', '−');

    /// <summary>A count with thin groups: 12 000.</summary>
    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    /// <summary>A count with what is counted: "1 score", "12 000 scores".</summary>
    /// <param name="value">How many.</param>
    /// <param name="one">What one of them is called; many have an s more.</param>
    public static string Count(long value, string one) => $"{Count(value)} {one}{(value == 1 ? "" : "s")}";

    // In decimal: 1005 of 2000 is 50.25 and rounds up as it does by hand, whatever side of it the nearest double lies on.
    private static string Hundredfold(double share, int digits) =>
        Math.Abs(share) < 1e6
            ? ((decimal)share * 100).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : Fixed(share * 100, digits);
}
