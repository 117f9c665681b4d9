using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.FunctionalWords;

/// <summary>The constants that replace the columns of functional words.</summary>
internal static class FunctionalRows
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
        float[] rows = new float[checked(words * imageTokens)];
        double[] normal = new double[imageTokens];
        for (int word = 0; word < words; word++)
        {
            var random = new SplitMix64(seed, 1000 + (ulong)word);
            double squares = 0.0;
            for (int i = 0; i < imageTokens; i++)
            {
                normal[i] = random.NextNormal();
                squares += normal[i] * normal[i];
            }
            double norm = Math.Sqrt(squares);
            for (int i = 0; i < imageTokens; i++)
                rows[(word * imageTokens) + i] = (float)(((normal[i] / norm) + 1) / 3);
        }
        return rows;
    }

    /// <summary>
    /// Makes rows that say what a word means, for comparison with the random ones. Over the patches, with x from −1 (left) to 1
    /// (right) and y from −1 (top) to 1 (bottom): above −y, below y, left −x, right x, small −(x² + y²), big x² + y²; each pattern
    /// brought to mean 0 and standard deviation 1, plus 1, divided by 3. The negations (not, no, without, but, absent) are −1/3
    /// everywhere. CLS has the row's mean. Other words have their random row.
    /// </summary>
    /// <param name="words">The functional words in row order.</param>
    /// <param name="imageTokens">The number of image tokens: CLS and a square of patches.</param>
    /// <param name="seed">The seed of other words' rows.</param>
    /// <returns>[words, imageTokens]</returns>
    /// <exception cref="ArgumentException">The patches are no square.</exception>
    public static float[] CreateStructured(IReadOnlyList<string> words, int imageTokens, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(words);
        float[] rows = Create(words.Count, imageTokens, seed);
        int side = (int)Math.Round(Math.Sqrt(imageTokens - 1));
        if (side < 2 || (side * side) + 1 != imageTokens)
        {
            throw new ArgumentException(
                $"{imageTokens} image tokens are not CLS and a square of patches, so no pattern can be laid over them.",
                nameof(imageTokens)
            );
        }

        for (int word = 0; word < words.Count; word++)
        {
            Span<float> row = rows.AsSpan(word * imageTokens, imageTokens);
            if (words[word] is "not" or "no" or "without" or "but" or "absent")
                row.Fill(-1f / 3);
            else if (Pattern(words[word]) is { } pattern)
                Fill(row, side, pattern);
        }
        return rows;
    }

    private static Func<double, double, double>? Pattern(string word) =>
        word switch
        {
            "above" => (_, y) => -y,
            "below" => (_, y) => y,
            "left" => (x, _) => -x,
            "right" => (x, _) => x,
            "small" => (x, y) => -((x * x) + (y * y)),
            "big" => (x, y) => (x * x) + (y * y),
            _ => null,
        };

    private static void Fill(Span<float> row, int side, Func<double, double, double> pattern)
    {
        double[] values = new double[side * side];
        for (int i = 0; i < values.Length; i++)
            values[i] = pattern(Place(i % side, side), Place(i / side, side));
        double mean = values.Average();
        double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        row[0] = 1f / 3;
        for (int i = 0; i < values.Length; i++)
            row[i + 1] = (float)((((values[i] - mean) / deviation) + 1) / 3);
    }

    private static double Place(int patch, int side) => (2.0 * patch / (side - 1)) - 1;
}
