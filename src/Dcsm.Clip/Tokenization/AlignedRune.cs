namespace Dcsm.Clip.Tokenization;

/// <summary>A code point of a normalized text and the characters of the original text it came from.</summary>
/// <param name="Value">The code point.</param>
/// <param name="Start">First character in the original text.</param>
/// <param name="End">After the last character in the original text.</param>
internal readonly record struct AlignedRune(int Value, int Start, int End);
