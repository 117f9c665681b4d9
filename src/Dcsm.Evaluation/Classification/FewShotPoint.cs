namespace Dcsm.Evaluation.Classification;

/// <summary>How well probes of so many pictures a class do on one data set, over several draws of the pictures.</summary>
/// <param name="Data">The data set that they are asked of.</param>
/// <param name="Shots">Pictures of each class; null for all of them.</param>
/// <param name="Seeds">How many draws there were.</param>
/// <param name="Accuracy">The mean of their shares of right pictures.</param>
/// <param name="Deviation">Their standard deviation (n − 1); NaN of one draw.</param>
public sealed record FewShotPoint(string Data, int? Shots, int Seeds, double Accuracy, double Deviation)
{
    /// <summary>Summarizes draws.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="shots">Pictures of each class; null for all.</param>
    /// <param name="accuracies">The share of right pictures of each draw.</param>
    public static FewShotPoint Of(string data, int? shots, IReadOnlyList<double> accuracies)
    {
        ArgumentNullException.ThrowIfNull(accuracies);
        double mean = accuracies.Average();
        double deviation =
            accuracies.Count < 2
                ? double.NaN
                : Math.Sqrt(accuracies.Sum(accuracy => (accuracy - mean) * (accuracy - mean)) / (accuracies.Count - 1));
        return new FewShotPoint(data, shots, accuracies.Count, mean, deviation);
    }

    /// <summary>
    /// How many pictures of each class a probe needs to be as good as zero-shot: where the curve, linear in log2 of the pictures, reaches
    /// its accuracy (Radford et al. 2021, figure 6).
    /// </summary>
    /// <param name="curve">The points, of ascending numbers of pictures.</param>
    /// <param name="zeroShot">The share that is right zero-shot.</param>
    /// <returns>The pictures of each class; null where the curve never reaches it. The first point's where that is above already.</returns>
    public static double? ShotsThatEqual(IReadOnlyList<(int Shots, double Accuracy)> curve, double zeroShot)
    {
        ArgumentNullException.ThrowIfNull(curve);
        for (int i = 0; i < curve.Count; i++)
        {
            if (curve[i].Accuracy < zeroShot)
                continue;
            if (i == 0)
                return curve[0].Shots;
            (double low, double high) = (Math.Log2(curve[i - 1].Shots), Math.Log2(curve[i].Shots));
            double part = (zeroShot - curve[i - 1].Accuracy) / (curve[i].Accuracy - curve[i - 1].Accuracy);
            return Math.Pow(2, low + (part * (high - low)));
        }

        return null;
    }

    /// <summary>Draws pictures of each class.</summary>
    /// <param name="labels">[pictures] the class of each.</param>
    /// <param name="shots">Pictures of each class.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>Their places, in order.</returns>
    /// <exception cref="InvalidDataException">A class has fewer pictures.</exception>
    public static IReadOnlyList<int> Draw(IReadOnlyList<int> labels, int shots, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var drawn = new List<int>();
        foreach (IGrouping<int, int> own in Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(group => group.Key))
        {
            int[] places = [.. own];
            if (places.Length < shots)
                throw new InvalidDataException($"class {own.Key} has {places.Length} pictures; {shots} of each are wanted");
            var random = new Numerics.RandomNumbers.SceneRandom(seed, 0xFE55_0000, (ulong)own.Key);
            random.Shuffle(places.AsSpan());
            drawn.AddRange(places.Take(shots));
        }

        return [.. drawn.Order()];
    }
}
