namespace Dcsm.Clip.Tokenization;

/// <summary>Which program's cleaning of text a <see cref="ClipTokenizer"/> does. The byte-pair encoding is the same in all.</summary>
public enum TokenizerFlavor
{
    /// <summary>Today's transformers (5): NFC, lower case of each code point. The default.</summary>
    HuggingFace,

    /// <summary>
    /// openai/CLIP (<c>clip/simple_tokenizer.py</c>): ftfy, HTML entities twice, lower case. Of ftfy 6.3 all is there that acts on
    /// single characters (curly quotes, ligatures, full-width forms, control characters, terminal escapes, entities, C1 controls as
    /// Windows-1252); the repair of mojibake is not.
    /// </summary>
    OpenAi,

    /// <summary>transformers 4.26, which the official DCSM code ran: ftfy, lower case; special tokens are found in the raw text.</summary>
    Transformers4,
}
