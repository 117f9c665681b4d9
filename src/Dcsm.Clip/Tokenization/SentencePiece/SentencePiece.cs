namespace Dcsm.Clip.Tokenization.SentencePiece;

/// <summary>A piece that texts are made of.</summary>
/// <param name="Text">Its characters; U+2581 stands for a space.</param>
/// <param name="Score">The logarithm of its probability.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct SentencePiece(string Text, float Score, SentencePieceKind Kind);
