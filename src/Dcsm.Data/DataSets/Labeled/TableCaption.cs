namespace Dcsm.Data.DataSets.Labeled;

/// <summary>A caption of a table.</summary>
/// <param name="Text">The caption.</param>
/// <param name="IsTrue">Whether it is true of its picture.</param>
/// <param name="Kind">What it is about, as the table says.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record TableCaption(string Text, bool IsTrue, string Kind, string Place);
