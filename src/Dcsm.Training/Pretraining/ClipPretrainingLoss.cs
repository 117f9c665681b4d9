namespace Dcsm.Training.Pretraining;

/// <summary>How pooled embeddings of pictures and captions are told to meet.</summary>
public enum ClipPretrainingLoss
{
    /// <summary>CLIP's: which caption of the batch is a picture's, and which picture a caption's, by softmax.</summary>
    Softmax,

    /// <summary>SigLIP's: of every pair of the batch by itself whether it is one, by sigmoid with a learned bias.</summary>
    Sigmoid,
}
