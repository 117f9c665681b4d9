namespace Dcsm.Evaluation.ZeroShot;

/// <summary>What single objects are drawn before.</summary>
public enum ObjectBackgrounds
{
    /// <summary>A background of its own for each picture.</summary>
    Any,

    /// <summary>Two backgrounds: each object before both, by turns.</summary>
    Mixed,

    /// <summary>
    /// The same two backgrounds: the first half of the objects before the one, the others before the other, so that what is seen of a
    /// background tells of the object.
    /// </summary>
    Own,
}
