namespace Dcsm.IO.Files;

/// <summary>
/// Counts those who use something that must be freed, so that it is freed only when nobody does. May be called by several threads. Uses are
/// short: whoever closes waits for their ends.
/// </summary>
/// <param name="owner">What is used; an <see cref="ObjectDisposedException"/> names its type.</param>
public sealed class UseCount(object owner)
{
    private readonly object _gate = new();
    private int _users;
    private bool _closed;

    /// <summary>Begins a use, which ends when the result is disposed of.</summary>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public Use Begin()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            _users++;
        }

        return new Use(this);
    }

    /// <summary>Lets nobody begin any more, and waits until those who did have ended.</summary>
    /// <returns>False where it was closed before: then there is nothing left to free.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _closed = true;
            while (_users > 0)
                Monitor.Wait(_gate);
            return true;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (--_users == 0)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>A use; to be disposed of once.</summary>
    public readonly struct Use : IDisposable
    {
        private readonly UseCount? _count;

        internal Use(UseCount count) => _count = count;

        /// <summary>Ends it.</summary>
        public void Dispose() => _count?.End();
    }
}
