namespace Dcsm.Cli.Inputs;

/// <summary>A picture, a caption and how well they fit.</summary>
/// <param name="Row">Row of the table of pairs; null where pictures and captions came by themselves.</param>
/// <param name="Image">The picture as it was named.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Score">The head's score; the higher, the better they fit.</param>
/// <param name="Cosine">CLIP's own cosine, where asked for.</param>
internal sealed record ScoredPair(int? Row, string Image, string Caption, float Score, float? Cosine);
