using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Classification;

/// <summary>How pictures are encoded.</summary>
public sealed record PictureEmbeddingOptions
{
    /// <summary>What is looked at, unless there are <see cref="Prompts"/>.</summary>
    public PictureFeatures Features { get; init; }

    /// <summary>
    /// Prompts that pictures are scored with as soon as they are encoded: a picture's vector is what these say of it, and its tokens are
    /// not held. Null for none.
    /// </summary>
    public PromptScores? Prompts { get; init; }

    /// <summary>Where embeddings are kept, so that an interrupted run goes on; null to keep none.</summary>
    public EmbeddingCache? Cache { get; init; }

    /// <summary>Whether broken pictures are left out instead of ending the work.</summary>
    public bool SkipBroken { get; init; }

    /// <summary>Pictures that are encoded together; decides memory and speed, not results.</summary>
    public int BatchPictures { get; init; } = 64;

    /// <summary>Threads that decode; 0 for one per core.</summary>
    public int Threads { get; init; }
}
