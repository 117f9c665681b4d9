namespace Dcsm.Clip.Models;

/// <summary>The <c>text_config</c> of a Hugging Face CLIP; defaults are those of transformers' <c>CLIPTextConfig</c>.</summary>
public sealed record ClipTextConfig
{
    /// <summary>The <see cref="EndToken"/> that stands for the largest id of a text.</summary>
    internal const int LargestToken = 2;

    /// <summary>Width of the transformer.</summary>
    public int HiddenSize { get; init; } = 512;

    /// <summary>Width of the MLP's hidden layer.</summary>
    public int IntermediateSize { get; init; } = 2048;

    /// <summary>Number of transformer layers.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Attention heads per layer.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Number of token ids.</summary>
    public int VocabularySize { get; init; } = 49408;

    /// <summary>Longest text in tokens (<c>max_position_embeddings</c>).</summary>
    public int ContextLength { get; init; } = 77;

    /// <summary>Rows of the table of places, where there are more of them than tokens of the longest text; else 0.</summary>
    public int Positions { get; init; }

    /// <summary>The MLP's activation.</summary>
    public ClipActivation Activation { get; init; } = ClipActivation.QuickGelu;

    /// <summary>Epsilon of every layer norm.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-5;

    /// <summary>Start token (<c>bos_token_id</c>); informative only, the tokenizer has its own.</summary>
    public int StartToken { get; init; } = 49406;

    /// <summary>
    /// The token whose first occurrence the text is pooled at (<c>eos_token_id</c>). The value 2, which old files
    /// carry by mistake, means: at the largest id, as transformers does it.
    /// </summary>
    public int EndToken { get; init; } = 49407;

    /// <summary>Padding token (<c>pad_token_id</c>); informative only, the tokenizer has its own.</summary>
    public int PadToken { get; init; } = 1;
}
