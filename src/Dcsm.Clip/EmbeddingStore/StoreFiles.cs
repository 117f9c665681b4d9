namespace Dcsm.Clip.EmbeddingStore;

/// <summary>The files of a store of embeddings.</summary>
internal static class StoreFiles
{
    public const string Images = "images.safetensors";
    public const string ImageIndex = "images.jsonl";
    public const string Captions = "captions.safetensors";
    public const string CaptionIndex = "captions.jsonl";
    public const string Pairs = "pairs.jsonl";

    /// <summary>What the name of an unfinished file ends with.</summary>
    public const string Partial = ".partial";

    public const string ImageTokens = "image_tokens";
    public const string TextTokens = "text_tokens";
    public const string Pooled = "pooled";

    // Of tokens in bytes; each before its tokens.
    public const string ImageScales = "image_scales";
    public const string TextScales = "text_scales";
}
