namespace Dcsm.Clip.Tokenization;

/// <summary>A token that is found in a text as it stands, before BPE.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="Normalized">
/// Whether it is looked for in the normalized text ("normalized" in the tokenizer's files) rather than in the raw one.
/// </param>
internal sealed record SpecialToken(string Content, int Id, bool Normalized);
