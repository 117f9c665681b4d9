using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>A cell of a <see cref="Table"/>.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Detail">What stands smaller behind it, such as an interval; empty for none.</param>
/// <param name="Strong">Whether it is set bold, as the best of a column is.</param>
public sealed record TableCell(string Text, string Detail = "", bool Strong = false)
{
    /// <summary>A cell that is just a text.</summary>
    public static implicit operator TableCell(string text) => new(text);

    /// <summary>The same as the conversion from a text.</summary>
    public static TableCell FromString(string text) => new(text);

    /// <summary>A share in percent with its interval as detail: "97.3" and "96.1–98.2".</summary>
    public static TableCell Percent(Estimate estimate, bool strong = false, int digits = 1) =>
        double.IsNaN(estimate.Value)
            ? new TableCell("–")
            : new TableCell(
                NumberText.Percent(estimate.Value, digits),
                $"{NumberText.Percent(estimate.Low, digits)}–{NumberText.Percent(estimate.High, digits)}",
                strong
            );

    /// <summary>A difference of shares in points with its sign and interval: "+47.1" and "+45.0 to +49.3".</summary>
    public static TableCell Points(Estimate estimate, bool strong = false, int digits = 1) =>
        double.IsNaN(estimate.Value)
            ? new TableCell("–")
            : new TableCell(
                NumberText.Points(estimate.Value, digits),
                $"{NumberText.Points(estimate.Low, digits)} to {NumberText.Points(estimate.High, digits)}",
                strong
            );
}
