namespace Dcsm.Scoring;

/// <summary>Some of the pairs, with each image and caption they need once.</summary>
/// <param name="Pairs">Indices into both.</param>
/// <param name="Numbers">For each pair its number among all.</param>
internal sealed record PairBatch<T>(
    IReadOnlyList<T> Images,
    IReadOnlyList<T> Captions,
    IReadOnlyList<(int Image, int Caption)> Pairs,
    IReadOnlyList<int> Numbers
) : Batch<T>(Images, Captions)
    where T : notnull
{
    /// <summary>
    /// Divides pairs into batches of no more than so many different pictures and captions; pairs of the same picture come together,
    /// so that it is read once.
    /// </summary>
    internal static List<PairBatch<T>> Create(
        IReadOnlyList<T> imagePaths,
        IReadOnlyList<T> captions,
        int imageBatchSize,
        int captionBatchSize
    )
    {
        var byImage = new Dictionary<T, List<int>>();
        foreach ((T? path, int number) in imagePaths.Select((path, number) => (path, number)))
        {
            if (!byImage.TryGetValue(path, out List<int>? numbers))
                byImage.Add(path, numbers = []);
            numbers.Add(number);
        }

        var batches = new List<PairBatch<T>>();
        var batch = new Filling();
        foreach (int number in imagePaths.Distinct().SelectMany(path => byImage[path]))
        {
            (T? image, T? caption) = (imagePaths[number], captions[number]);
            if (
                (!batch.Images.ContainsKey(image) && batch.Images.Count == imageBatchSize)
                || (!batch.Captions.ContainsKey(caption) && batch.Captions.Count == captionBatchSize)
            )
            {
                batches.Add(batch.Close());
                batch = new Filling();
            }
            batch.Add(image, caption, number);
        }
        if (batch.Numbers.Count > 0)
            batches.Add(batch.Close());
        return batches;
    }

    private sealed class Filling
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
