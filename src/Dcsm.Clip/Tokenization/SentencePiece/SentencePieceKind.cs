namespace Dcsm.Clip.Tokenization.SentencePiece;

/// <summary>What a piece is for, by SentencePiece's numbers.</summary>
internal enum SentencePieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}
