namespace Dcsm.IO.Progress;

/// <summary>How far a piece of work is.</summary>
/// <param name="Done">Units that are done: samples, pictures, pairs, bytes.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Part">What is being worked at, such as a file's name; null where it is all one.</param>
public readonly record struct WorkProgress(long Done, long Total, string? Part = null)
{
    /// <summary>How much is done, 0 to 1.</summary>
    public double Fraction => Total == 0 ? 1 : (double)Done / Total;
}
