namespace Dcsm.Data.Benchmarks;

/// <summary>What is asked of pictures and captions whose every pair is known to match or not.</summary>
public enum MatchTask
{
    /// <summary>Two pictures and two captions: the caption of each picture, the picture of each caption, all of them at once.</summary>
    Pairs,

    /// <summary>A picture and several captions: every one that matches stands above every one that does not.</summary>
    AllAbove,

    /// <summary>
    /// Captions alone, the first two of which mean the same: they are nearer to each other than either is to the third. The pairs of an
    /// item are those of captions: the first two, the first and the third, the second and the third. Its picture is not looked at.
    /// </summary>
    Captions,

    /// <summary>A picture and a statement that is true of it or false: one threshold for all.</summary>
    Statements,

    /// <summary>Many pictures and the same captions: pictures that a caption matches come before the others.</summary>
    Labels,
}
