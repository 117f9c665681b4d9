namespace Dcsm.Reporting.Tables;

/// <summary>A table of texts, apart from how it is shown. <see cref="TableRenderer"/> writes it.</summary>
/// <param name="Title">One line above the table; empty for none.</param>
/// <param name="Columns">The columns, left to right.</param>
/// <param name="Rows">The rows; each has one cell a column.</param>
/// <param name="Notes">Lines below the table.</param>
public sealed record Table(string Title, IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableRow> Rows, IReadOnlyList<string> Notes)
{
    /// <exception cref="ArgumentException">A row has another number of cells than there are columns.</exception>
    internal void Check()
    {
        for (int i = 0; i < Rows.Count; i++)
        {
            if (Rows[i].Cells.Count != Columns.Count)
            {
                throw new ArgumentException(
                    $"Row {i} of table '{Title}' has {Rows[i].Cells.Count} cells; there are {Columns.Count} columns."
                );
            }
        }
    }
}
