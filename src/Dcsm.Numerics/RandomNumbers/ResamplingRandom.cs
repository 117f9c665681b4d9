namespace Dcsm.Numerics.RandomNumbers;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): small, and the same on every machine and .NET version.</summary>
public struct ResamplingRandom
{
    private ulong _state;

    public ResamplingRandom(ulong seed, ulong stream)
    {
        _state = seed;
        _state = NextUInt64() ^ (stream * 0xD1342543DE82EF95UL);
        _ = NextUInt64();
    }

    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15UL;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, count).</summary>
    public int Next(int count) => (int)Math.BigMul((ulong)count, NextUInt64(), out _);
}
