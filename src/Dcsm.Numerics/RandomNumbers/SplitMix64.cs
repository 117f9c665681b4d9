namespace Dcsm.Numerics.RandomNumbers;

/// <summary>
/// A stream of random numbers that is the same on every machine and in every version (Steele, Lea, Flood, "Fast splittable
/// pseudorandom number generators", 2014).
/// </summary>
public struct SplitMix64
{
    private ulong _state;

    public SplitMix64(ulong seed, ulong stream) => _state = Mix(seed) ^ Mix(~stream);

    public ulong NextUInt64() => Mix(_state += 0x9e3779b97f4a7c15);

    /// <summary>In [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1ul << 53));

    /// <summary>N(0, 1) by Box and Muller; the second of each pair is not used.</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
