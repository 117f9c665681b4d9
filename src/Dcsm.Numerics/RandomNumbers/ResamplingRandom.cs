namespace Dcsm.Numerics.RandomNumbers;

/// <summary><see cref="SplitMix64"/> for resampling, seeded by a seed and a stream; the same on every machine and .NET version.</summary>
/// <remarks>A value type that changes as it is drawn from: pass it by <c>ref</c>.</remarks>
public struct ResamplingRandom
{
    private SplitMix64 _generator;

    /// <summary>Starts one of the streams of a seed.</summary>
    public ResamplingRandom(ulong seed, ulong stream)
    {
        _generator = new SplitMix64(SplitMix64.Hash(seed) ^ (stream * 0xD1342543DE82EF95UL));
        _ = NextUInt64();
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64() => _generator.NextUInt64();

    /// <summary>Uniform in [0, count).</summary>
    public int Next(int count) => (int)Math.BigMul((ulong)count, NextUInt64(), out _);
}
