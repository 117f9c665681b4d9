namespace Dcsm.Maps;

/// <summary>One column of a map.</summary>
/// <param name="Column">The column.</param>
/// <param name="Text">
/// The piece of the caption the token stands for; "&lt;start&gt;", "&lt;end&gt;" or "&lt;pad&gt;" where there is none.
/// </param>
/// <param name="IsText">Whether the token stands for a piece of the caption.</param>
/// <param name="FunctionalWord">The functional word whose row stands in this column, or null.</param>
public sealed record MapToken(int Column, string Text, bool IsText, string? FunctionalWord);
