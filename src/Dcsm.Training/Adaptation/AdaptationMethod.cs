namespace Dcsm.Training.Adaptation;

/// <summary>How a CLIP is made to tell opposites apart.</summary>
public enum AdaptationMethod
{
    /// <summary>CLIP is frozen; one linear layer reads the pooled embeddings of image and caption.</summary>
    LinearProbe,

    /// <summary>CLIP is frozen; a DCSM head reads the dense map.</summary>
    Dcsm,

    /// <summary>CLIP's two projections into the joint space are trained, nothing else.</summary>
    Projection,

    /// <summary>CLIP is frozen but for low-rank updates of its attentions' queries and values.</summary>
    LowRank,

    /// <summary>All of CLIP is trained.</summary>
    Full,
}
