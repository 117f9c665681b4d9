namespace Dcsm.Training.Heads;

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum HeadSchedule
{
    /// <summary>Down to 0 along half a cosine.</summary>
    Cosine,

    /// <summary>Down to 0 along a line.</summary>
    Linear,

    /// <summary>As it is, as in the official code.</summary>
    Constant,
}
