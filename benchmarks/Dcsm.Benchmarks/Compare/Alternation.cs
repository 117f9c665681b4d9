using System.Diagnostics;

namespace Dcsm.Benchmarks.Compare;

/// <summary>Runs several ways of the same work in turn, so that whatever else the machine does falls on all of them.</summary>
internal static class Alternation
{
    /// <summary>Measures.</summary>
    /// <param name="runs">How often each is measured.</param>
    /// <param name="secondsOfARun">How long a measurement lasts at least; the operation is repeated as often as that takes.</param>
    /// <param name="ways">The operations.</param>
    public static Samples[] Run(int runs, double secondsOfARun, params Action[] ways)
    {
        int[] repeats = [.. ways.Select(way => Calibrate(way, secondsOfARun))];
        List<double>[] seconds = ways.Select(_ => new List<double>()).ToArray();
        for (int run = 0; run < runs; run++)
        {
            for (int i = 0; i < ways.Length; i++)
            {
                int way = (i + run) % ways.Length;
                // Threads of the way before may still be spinning in wait of work.
                Thread.Sleep(20);
                long start = Stopwatch.GetTimestamp();
                for (int repeat = 0; repeat < repeats[way]; repeat++)
                    ways[way]();
                seconds[way].Add(Stopwatch.GetElapsedTime(start).TotalSeconds / repeats[way]);
            }
        }
        return [.. seconds.Select(list => new Samples(list))];
    }

    private static int Calibrate(Action way, double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        way();
        // Neither compilation nor the first touch of memory shows in what lasts that long.
        if (Stopwatch.GetElapsedTime(start).TotalSeconds > 2 * Math.Max(0.5, seconds))
            return 1;
        // Methods are compiled anew once they have been called 30 times and the compiler has found a quiet moment, and what they
        // call a round later. What is slow until then must not tell how often the operation is repeated.
        for (int round = 0; round < 3; round++)
        {
            CallsASecond(way, 0.3, calls: 40);
            Thread.Sleep(120);
        }
        return Math.Max(1, (int)(seconds * CallsASecond(way, Math.Min(0.6, seconds * 2), calls: 1000)));
    }

    private static double CallsASecond(Action way, double seconds, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        do
        {
            way();
            done++;
        } while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds && done < calls);
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
