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
    public static void Take(long bytes)
    {
        lock (Gate)
        {
            while (_taken > 0 && _taken + bytes > Most)
                Monitor.Wait(Gate);
            _taken += bytes;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public static void Return(long bytes)
    {
        lock (Gate)
        {
            _taken -= bytes;
            Monitor.PulseAll(Gate);
        }
    }
}
