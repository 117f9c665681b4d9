using Dcsm.IO.Collections;

namespace Dcsm.Reporting.Tables;

/// <summary>A row of a <see cref="Table"/>.</summary>
/// <param name="Cells">One cell a column.</param>
/// <param name="StartsGroup">Whether a rule separates it from the row above.</param>
public sealed record TableRow(IReadOnlyList<TableCell> Cells, bool StartsGroup = false)
{
    /// <summary>One cell a column.</summary>
    public IReadOnlyList<TableCell> Cells
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Cells);
}
