namespace Dcsm.Evaluation.Classification;

/// <summary>What of a picture's embeddings is looked at.</summary>
public enum PictureFeatures
{
    /// <summary>The pooled embedding, which CLIP compares with captions.</summary>
    Pooled,

    /// <summary>The mean of the patches' embeddings, of unit length.</summary>
    Patches,

    /// <summary>Both, one behind the other.</summary>
    Both,

    /// <summary>What a scorer of pairs says of the picture with each prompt: <see cref="PromptScores.Of"/>.</summary>
    Prompts,
}
