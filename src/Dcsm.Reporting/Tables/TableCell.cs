using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>A cell of a <see cref="Table"/>.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Detail">What stands smaller behind it, such as an interval; empty for none.</param>
/// <param name="Strong">Whether it is set bold, as the best of a column is.</param>
public sealed record TableCell(string Text, string Detail = "", bool Strong = false)
{
    /// <summary>The number that the text shows, in the same unit but unrounded; null where it shows none.</summary>
    public double? Number { get; init; }

    /// <summary>The interval that the detail shows, likewise; null where it shows none.</summary>
    public (double Low, double High)? Interval { get; init; }

    /// <summary>A cell that is just a text.</summary>
    public static implicit operator TableCell(string text) => new(text);

    /// <summary>The same as the conversion from a text.</summary>
    public static TableCell FromString(string text) => new(text);

    /// <summary>A share in percent: "97.3"; "–" for NaN.</summary>
    public static TableCell Percent(double share, int digits = 1) => new(NumberText.Percent(share, digits)) { Number = Hundredfold(share) };

    /// <summary>A share in percent with its interval as detail: "97.3" and "96.1–98.2".</summary>
    public static TableCell Percent(Estimate estimate, bool strong = false, int digits = 1) =>
        Estimated(
            estimate,
            NumberText.Percent(estimate.Value, digits),
            $"{NumberText.Percent(estimate.Low, digits)}–{NumberText.Percent(estimate.High, digits)}",
            strong
        );

    /// <summary>A difference of shares in points with its sign and interval: "+47.1" and "+45.0 to +49.3".</summary>
    public static TableCell Points(Estimate estimate, bool strong = false, int digits = 1) =>
        Estimated(
            estimate,
            NumberText.Points(estimate.Value, digits),
            $"{NumberText.Points(estimate.Low, digits)} to {NumberText.Points(estimate.High, digits)}",
            strong
        );

    /// <summary>A count: "12 000".</summary>
    public static TableCell Count(long value) => new(NumberText.Count(value)) { Number = value };

    /// <summary>A number with so many decimals; "–" for NaN.</summary>
    public static TableCell Fixed(double value, int digits) => new(NumberText.Fixed(value, digits).Replace('-', '−')) { Number = value };

    /// <summary>A p value; "–" for null and NaN.</summary>
    public static TableCell PValue(double? p) => new(NumberText.PValue(p ?? double.NaN)) { Number = p };

    private static TableCell Estimated(Estimate estimate, string text, string detail, bool strong) =>
        double.IsNaN(estimate.Value)
            ? new TableCell("–")
            : new TableCell(text, detail, strong)
            {
                Number = Hundredfold(estimate.Value),
                Interval = (Hundredfold(estimate.Low), Hundredfold(estimate.High)),
            };

    // In decimal, where a hundredfold has no digits of its own.
    private static double Hundredfold(double share) => double.IsFinite(share) ? (double)((decimal)share * 100) : share;
}
