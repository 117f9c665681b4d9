using Dcsm.Clip.Tokenization;
using Dcsm.IO.Collections;

namespace Dcsm.Clip.Models;

/// <summary>What CLIP makes of a number of captions.</summary>
/// <param name="Tokens">
/// Every token, padding included, after the final layer norm and text projection, unit length: [captions, text tokens, dimension].
/// </param>
/// <param name="Pooled">
/// The caption embedding, unit length: [captions, 1, dimension]. Made from the caption cut at CLIP's full context length, whatever the
/// number of text tokens.
/// </param>
/// <param name="Texts">The captions' token ids and their places in the caption.</param>
public sealed record TextEncoding(TokenEmbeddings Tokens, TokenEmbeddings Pooled, IReadOnlyList<TokenizedText> Texts)
{
    /// <summary>The captions' token ids and their places in the caption.</summary>
    public IReadOnlyList<TokenizedText> Texts
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Texts);
}
