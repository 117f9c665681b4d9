namespace Dcsm.Training.Heads;

/// <summary>
/// Which scores of a step the cross-entropies are taken over; always over the rows and over the columns of a matrix of images and captions.
/// </summary>
public enum HeadLoss
{
    /// <summary>The 2 × 2 matrix of each sample: image and hard negative, caption and hard negative.</summary>
    Block,

    /// <summary>The 16 × 16 matrix of 8 samples and their hard negatives, as in the official code (<c>training/train.py</c>).</summary>
    Official,

    /// <summary>Both, weighted by <see cref="HeadTrainingOptions.OfficialWeight"/>.</summary>
    Mixed,

    /// <summary>
    /// All pairs of pictures and captions of which it is known whether the caption is true: true against false captions of a picture,
    /// pictures that a caption is true of against others, and each pair by itself (<see cref="HeadTrainingOptions.CaptionWeight"/> …).
    /// </summary>
    Statements,
}
