using System.Collections.Concurrent;
using System.Reflection;
using Dcsm.Numerics.Buffers;

namespace Dcsm.Testing;

/// <summary>
/// Has every <see cref="AlignedFloats"/> of the process end at a page that nobody may touch, so that a kernel which reads or writes beyond
/// one ends the process: those of tests, and those of the towers and trainings that they run.
/// </summary>
public static class GuardedBuffers
{
    // What was let go stays a while, lest a pointer that outlives its owner by a moment makes a test fail now and then.
    private const int Lingering = 512,
        LargestLingering = 1 << 18;

    // A process has about 65,000 mappings, and each of these takes three.
    private const int Most = 8_000;

    private static readonly ConcurrentQueue<GuardedFloats> Free = new();
    private static int _live;

    /// <summary>Begins.</summary>
    public static void Use() =>
        typeof(AlignedFloats)
            .GetProperty("Source", BindingFlags.NonPublic | BindingFlags.Static)!
            .SetValue(null, (Func<long, (nint, object)>)Make);

    private static unsafe (nint Start, object Owner) Make(long length)
    {
        if (Interlocked.Increment(ref _live) > Most)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        var floats = new GuardedFloats(checked((int)length));
        return ((nint)floats.Pointer, new Owner(floats));
    }

    private sealed class Owner(GuardedFloats floats)
    {
        ~Owner()
        {
            if (floats.Count > LargestLingering)
            {
                Release(floats);
                return;
            }

            Free.Enqueue(floats);
            if (Free.Count > Lingering && Free.TryDequeue(out GuardedFloats? oldest))
                Release(oldest);
        }

        private static void Release(GuardedFloats floats)
        {
            floats.Dispose();
            Interlocked.Decrement(ref _live);
        }
    }
}
