namespace Dcsm.Training.Heads;

/// <summary>Which of the validated steps of a training gives the head.</summary>
public enum HeadChoice
{
    /// <summary>The one whose validation is best; the earliest of equals.</summary>
    Best,

    /// <summary>The last one, as in the official code.</summary>
    Last,
}
