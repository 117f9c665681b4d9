namespace Dcsm.Numerics.RandomNumbers;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): a stream of random numbers that is the same
/// on every machine and in every version, and what all other streams here are seeded by.
/// </summary>
/// <remarks>A value type that changes as it is drawn from: pass it by <c>ref</c>. Not for secrets.</remarks>
public struct SplitMix64
{
    private const ulong Increment = 0x9E3779B97F4A7C15UL;

    private ulong _state;

    /// <summary>The generator as it is published, from a state.</summary>
    public SplitMix64(ulong state) => _state = state;

    /// <summary>One of the streams of a seed.</summary>
    public SplitMix64(ulong seed, ulong stream) => _state = Finalize(seed) ^ Finalize(~stream);

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64() => Finalize(_state += Increment);

    /// <summary>In [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>N(0, 1) by Box and Muller; the second of each pair is not used.</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>The first number from a state: a hash of 64 bits.</summary>
    public static ulong Hash(ulong state) => Finalize(state + Increment);

    private static ulong Finalize(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
