namespace Dcsm.Numerics.RandomNumbers;

/// <summary>
/// A small random source that gives the same numbers on every machine and for ever: xoshiro256**, seeded by
/// splitmix64 from a seed, a stream and an index. Equal arguments give equal sequences; any other index
/// or stream gives an unrelated one, so sample <c>i</c> can be drawn without drawing the ones before it.
/// </summary>
/// <remarks>A value type that changes as it is drawn from: pass it by <c>ref</c>. Not for secrets.</remarks>
public struct SceneRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts a sequence.</summary>
    /// <param name="seed">The seed of a whole run.</param>
    /// <param name="stream">What the numbers are for, so that two uses of one seed do not meet.</param>
    /// <param name="index">The place in the stream, such as the number of a sample.</param>
    public SceneRandom(ulong seed, ulong stream = 0, ulong index = 0)
    {
        var seeds = new SplitMix64(SplitMix64.Hash(SplitMix64.Hash(SplitMix64.Hash(seed) ^ stream) ^ index));
        _s0 = seeds.NextUInt64();
        _s1 = seeds.NextUInt64();
        _s2 = seeds.NextUInt64();
        _s3 = seeds.NextUInt64();
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = ulong.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = ulong.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number in [0, 1), one of 2^53 equally spaced ones.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [0, 1), one of 2^24 equally spaced ones.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public float NextSingle(float low, float high) => low + ((high - low) * NextSingle());

    /// <summary>A whole number from 0 to <paramref name="count"/> − 1, each as likely as the next.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public int NextInt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        // Lemire: the high half of a 32 x 32 product; the low half says where the few surplus values lie.
        ulong product = (NextUInt64() >> 32) * (ulong)count;
        uint low = (uint)product;
        if (low < (uint)count)
        {
            uint surplus = (uint)(0x1_0000_0000UL % (ulong)count);
            while (low < surplus)
            {
                product = (NextUInt64() >> 32) * (ulong)count;
                low = (uint)product;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>True with the given chance.</summary>
    public bool NextBool(double chance = 0.5) => NextDouble() < chance;

    /// <summary>Puts items in a random order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>
    /// A normally distributed number, mean 0 and variance 1, as the sum of twelve uniform ones: only additions,
    /// so that no mathematical library can change its last bit. Never beyond ±6.
    /// </summary>
    public double Normal()
    {
        double sum = -6.0;
        for (int i = 0; i < 12; i++)
            sum += NextDouble();
        return sum;
    }
}
