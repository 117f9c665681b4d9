using Dcsm.IO.Collections;

namespace Dcsm.Reporting.Pictures;

/// <summary>What a chart of lines shows.</summary>
/// <param name="Title">Above the chart.</param>
/// <param name="XLabel">Below the horizontal axis.</param>
/// <param name="Series">The lines.</param>
/// <param name="YFormat">How a number at the vertical axis is written, such as "0.00" or "0%".</param>
public sealed record LineChart(string Title, string XLabel, IReadOnlyList<LineChartSeries> Series, string YFormat)
{
    /// <summary>The lines.</summary>
    public IReadOnlyList<LineChartSeries> Series
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Series);

    /// <summary>Whether the horizontal axis is logarithmic; values on it are then above 0.</summary>
    public bool LogarithmicX { get; init; }

    /// <summary>Whether the vertical axis is logarithmic; values on it are then above 0.</summary>
    public bool LogarithmicY { get; init; }

    /// <summary>The highest value that there can be, such as 1 for shares: the vertical axis ends there at the latest.</summary>
    public double MostY { get; init; } = double.PositiveInfinity;

    /// <summary>A place on the horizontal axis that is marked by an upright line, with its name; null for none.</summary>
    public (double X, string Name)? Mark { get; init; }
}
