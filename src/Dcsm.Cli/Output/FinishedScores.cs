using System.Runtime.ExceptionServices;
using Dcsm.Cli.Inputs;

namespace Dcsm.Cli.Output;

/// <summary>
/// Scores up to the end, or to where an error or an interruption stopped them, so that a file of them is whole either way.
/// </summary>
internal sealed class FinishedScores : IDisposable
{
    private readonly IEnumerator<ScoredPair> _scores;
    private bool _more;
    private ExceptionDispatchInfo? _why;

    /// <summary>Waits for the first score: where there is none for an error, there is nothing to write.</summary>
    public FinishedScores(IEnumerable<ScoredPair> scores)
    {
        _scores = scores.GetEnumerator();
        _more = _scores.MoveNext();
    }

    /// <summary>How many there were.</summary>
    public long Count { get; private set; }

    /// <summary>Whether they ended early.</summary>
    public bool Stopped => _why is not null;

    /// <summary>The scores; to be asked for once.</summary>
    public IEnumerable<ScoredPair> Scores
    {
        get
        {
            for (; _more; _more = Next())
            {
                Count++;
                yield return _scores.Current;
            }
        }
    }

    /// <summary>Throws what stopped them.</summary>
    public void ThrowIfStopped() => _why?.Throw();

    public void Dispose() => _scores.Dispose();

    private bool Next()
    {
        try
        {
            return _scores.MoveNext();
        }
#pragma warning disable CA1031 // Thrown again when what is done is written.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _why = ExceptionDispatchInfo.Capture(e);
            return false;
        }
    }
}
