using Dcsm.IO.Collections;

namespace Dcsm.Reporting.Tables;

/// <summary>A table of texts, apart from how it is shown. <see cref="TableRenderer"/> writes it.</summary>
/// <param name="Title">One line above the table; empty for none.</param>
/// <param name="Columns">The columns, left to right.</param>
/// <param name="Rows">The rows; each has one cell a column.</param>
/// <param name="Notes">Lines below the table.</param>
public sealed record Table(string Title, IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableRow> Rows, IReadOnlyList<string> Notes)
{
    /// <summary>The columns, left to right.</summary>
    public IReadOnlyList<TableColumn> Columns
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Columns);

    /// <summary>The rows; each has one cell a column.</summary>
    public IReadOnlyList<TableRow> Rows
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Rows);

    /// <summary>Lines below the table.</summary>
    public IReadOnlyList<string> Notes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Notes);

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
