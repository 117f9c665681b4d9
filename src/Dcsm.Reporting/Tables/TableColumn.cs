namespace Dcsm.Reporting.Tables;

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Header">What stands above it.</param>
/// <param name="AlignRight">Whether its cells stand at the right, as numbers do.</param>
public sealed record TableColumn(string Header, bool AlignRight = false);
