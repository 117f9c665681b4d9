namespace Dcsm.Reporting.Pictures;

/// <summary>A caption beneath a picture of a sheet.</summary>
/// <param name="Text">The caption.</param>
/// <param name="IsTrue">Whether it is true of the picture; null where it is neither true nor false.</param>
/// <param name="Note">What it is about, and what makes it true or false.</param>
public sealed record SampleSheetCaption(string Text, bool? IsTrue, string Note);
