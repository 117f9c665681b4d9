namespace Dcsm.Data.Columns;

/// <summary>A column of a table to be written as Parquet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What is in it.</param>
public sealed record ParquetColumn(string Name, ParquetKind Kind);
