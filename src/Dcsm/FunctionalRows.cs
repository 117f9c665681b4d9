using Dcsm.Internals;

namespace Dcsm;

/// <summary>The constants that replace the columns of functional words.</summary>
public static class FunctionalRows
{
    /// <summary>
    /// Makes rows as the DCSM code does: N(0, 1) per value, each row divided by its L2 norm, plus 1, divided by 3. They are not
    /// trained and belong to the head. The same seed gives the same rows; more words only add rows at the end.
    /// </summary>
    /// <param name="words">The number of functional words.</param>
    /// <param name="imageTokens">The number of image tokens.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>[words, imageTokens]</returns>
    public static float[] Create(int words, int imageTokens, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(words);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageTokens);
        var rows = new float[checked(words * imageTokens)];
        var normal = new double[imageTokens];
        for (var word = 0; word < words; word++)
        {
            var random = new SplitMix64(seed, 1000 + (ulong)word);
            var squares = 0.0;
            for (var i = 0; i < imageTokens; i++)
            {
                normal[i] = random.NextNormal();
                squares += normal[i] * normal[i];
            }
            var norm = Math.Sqrt(squares);
            for (var i = 0; i < imageTokens; i++)
                rows[(word * imageTokens) + i] = (float)(((normal[i] / norm) + 1) / 3);
        }
        return rows;
    }
}
