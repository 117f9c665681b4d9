namespace Dcsm.Clip.Preprocessing;

/// <summary>How much memory huge pictures may take side by side: decoders wait for one another, each being let in at least alone.</summary>
internal static class PictureMemory
{
    /// <summary>Bytes of all huge pictures together.</summary>
    public const long Most = 512L << 20;

    private static readonly object Gate = new();
    private static long _taken;

    /// <summary>Bytes that are taken now.</summary>
    public static long Taken
    {
        get
        {
            lock (Gate)
                return _taken;
        }
    }

    /// <summary>Waits until there is room.</summary>
    /// <exception cref="OperationCanceledException">It was stopped, and has taken nothing.</exception>
    public static void Take(long bytes, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(static _ => Return(0), null);
        lock (Gate)
        {
            while (_taken > 0 && _taken + bytes > Most)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(Gate);
            }
            _taken += bytes;
        }
    }

    /// <summary>Gives back what was taken, and has those who wait look again.</summary>
    public static void Return(long bytes)
    {
        lock (Gate)
        {
            _taken -= bytes;
            Monitor.PulseAll(Gate);
        }
    }
}
