namespace Dcsm.Scoring;

/// <summary>As many callers wait for a scorer as may (<see cref="DcsmScorerOptions.QueueLength"/>): try again later.</summary>
public sealed class QueueFullException : InvalidOperationException
{
    /// <summary>Makes it.</summary>
    /// <param name="message">Says how many wait.</param>
    public QueueFullException(string message)
        : base(message) { }
}
