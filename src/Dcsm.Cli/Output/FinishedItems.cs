using System.Runtime.ExceptionServices;

namespace Dcsm.Cli.Output;

/// <summary>
/// Results up to the end, or to where an error or an interruption stopped them, so that a file of them is whole either way.
/// </summary>
internal sealed class FinishedItems<T> : IDisposable
{
    private readonly IEnumerator<T> _items;
    private bool _more;
    private ExceptionDispatchInfo? _why;

    /// <summary>Waits for the first one: where there is none for an error, there is nothing to write.</summary>
    public FinishedItems(IEnumerable<T> items)
    {
        _items = items.GetEnumerator();
        _more = _items.MoveNext();
    }

    /// <summary>How many there were.</summary>
    public long Count { get; private set; }

    /// <summary>Whether they ended early.</summary>
    public bool Stopped => _why is not null;

    /// <summary>They; to be asked for once.</summary>
    public IEnumerable<T> Items
    {
        get
        {
            for (; _more; _more = Next())
            {
                Count++;
                yield return _items.Current;
            }
        }
    }

    /// <summary>Throws what stopped them.</summary>
    public void ThrowIfStopped() => _why?.Throw();

    public void Dispose() => _items.Dispose();

    private bool Next()
    {
        try
        {
            return _items.MoveNext();
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
