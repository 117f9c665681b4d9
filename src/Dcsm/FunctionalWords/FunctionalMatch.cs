namespace Dcsm.FunctionalWords;

/// <summary>A form of a functional word found in a text.</summary>
/// <param name="Row">The row of the functional word.</param>
/// <param name="Start">The first character of the form in the text.</param>
/// <param name="Length">The number of characters of the form in the text.</param>
internal readonly record struct FunctionalMatch(int Row, int Start, int Length);
