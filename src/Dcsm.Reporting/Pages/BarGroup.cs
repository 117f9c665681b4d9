using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Pages;

/// <summary>Bars of a <see cref="SvgBarChart"/> under one title.</summary>
/// <param name="Title">The title.</param>
/// <param name="Bars">Name, share with its interval, and CSS class.</param>
internal sealed record BarGroup(string Title, IReadOnlyList<(string Name, Estimate Share, string Series)> Bars);
