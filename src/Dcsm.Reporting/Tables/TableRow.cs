namespace Dcsm.Reporting.Tables;

/// <summary>A row of a <see cref="Table"/>.</summary>
/// <param name="Cells">One cell a column.</param>
/// <param name="StartsGroup">Whether a rule separates it from the row above.</param>
public sealed record TableRow(IReadOnlyList<TableCell> Cells, bool StartsGroup = false);
