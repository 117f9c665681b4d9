namespace Dcsm.Scoring;

/// <summary>Some of the pairs, with each picture and caption they need once.</summary>
/// <param name="Images">Picture files, or numbers of images.</param>
/// <param name="Captions">Captions, or their numbers.</param>
/// <param name="Pairs">Indices into both.</param>
/// <param name="Numbers">For each pair its number among all.</param>
internal sealed record PairBatch<T>(
    IReadOnlyList<T> Images,
    IReadOnlyList<T> Captions,
    IReadOnlyList<(int Image, int Caption)> Pairs,
    IReadOnlyList<int> Numbers
)
    where T : notnull;

internal static class PairBatches
{
    /// <summary>
    /// Divides pairs into lots of no more than so many different pictures and captions; pairs of the same picture come together,
    /// so that it is read once.
    /// </summary>
    internal static List<PairBatch<T>> Create<T>(
        IReadOnlyList<T> imagePaths,
        IReadOnlyList<T> captions,
        int imagesAtATime,
        int captionsAtATime
    )
        where T : notnull
    {
        var byImage = new Dictionary<T, List<int>>();
        foreach ((T? path, int number) in imagePaths.Select((path, number) => (path, number)))
        {
            if (!byImage.TryGetValue(path, out List<int>? numbers))
                byImage.Add(path, numbers = []);
            numbers.Add(number);
        }

        var lots = new List<PairBatch<T>>();
        var lot = new Filling<T>();
        foreach (int number in imagePaths.Distinct().SelectMany(path => byImage[path]))
        {
            (T? image, T? caption) = (imagePaths[number], captions[number]);
            if (
                (!lot.Images.ContainsKey(image) && lot.Images.Count == imagesAtATime)
                || (!lot.Captions.ContainsKey(caption) && lot.Captions.Count == captionsAtATime)
            )
            {
                lots.Add(lot.Close());
                lot = new Filling<T>();
            }
            lot.Add(image, caption, number);
        }
        if (lot.Numbers.Count > 0)
            lots.Add(lot.Close());
        return lots;
    }

    private sealed class Filling<T>
        where T : notnull
    {
        internal Dictionary<T, int> Images { get; } = [];

        internal Dictionary<T, int> Captions { get; } = [];

        internal List<int> Numbers { get; } = [];

        private readonly List<(int Image, int Caption)> _pairs = [];

        internal void Add(T image, T caption, int number)
        {
            Images.TryAdd(image, Images.Count);
            Captions.TryAdd(caption, Captions.Count);
            _pairs.Add((Images[image], Captions[caption]));
            Numbers.Add(number);
        }

        internal PairBatch<T> Close() => new([.. Images.Keys], [.. Captions.Keys], _pairs, Numbers);
    }
}
