using Dcsm.IO.Collections;

namespace Dcsm.Reporting.Pictures;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points from left to right; those that are not finite are left out.</param>
/// <param name="Dots">Whether each point is marked.</param>
public sealed record LineChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points, bool Dots = false)
{
    /// <summary>Its points from left to right; those that are not finite are left out.</summary>
    public IReadOnlyList<(double X, double Y)> Points
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Points);
}
