namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>What searches what.</summary>
public enum RecallDirection
{
    /// <summary>text→image: a caption is given, its image is sought ("image retrieval" in published code).</summary>
    TextToImage,

    /// <summary>image→text: an image is given, any of its captions is sought ("text retrieval" in published code).</summary>
    ImageToText,
}
