namespace Dcsm.Scoring;

/// <summary>Some of the pairs, with each image and caption they need once.</summary>
/// <param name="Pairs">Indices into both.</param>
/// <param name="Numbers">For each pair its number among all.</param>
internal sealed record PairBatch(
    IReadOnlyList<int> Images,
    IReadOnlyList<int> Captions,
    IReadOnlyList<(int Image, int Caption)> Pairs,
    IReadOnlyList<int> Numbers
) : Batch(Images, Captions)
{
    /// <summary>
    /// Divides pairs into batches of no more than so many different images and captions; pairs of the same image come together,
    /// so that it is read once.
    /// </summary>
    internal static List<PairBatch> Create(IReadOnlyList<int> images, IReadOnlyList<int> captions, int imageBatchSize, int captionBatchSize)
    {
        var byImage = new Dictionary<int, List<int>>();
        foreach ((int image, int number) in images.Select((image, number) => (image, number)))
        {
            if (!byImage.TryGetValue(image, out List<int>? numbers))
                byImage.Add(image, numbers = []);
            numbers.Add(number);
        }

        var batches = new List<PairBatch>();
        var batch = new Filling();
        foreach (int number in images.Distinct().SelectMany(image => byImage[image]))
        {
            (int image, int caption) = (images[number], captions[number]);
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
        internal Dictionary<int, int> Images { get; } = [];

        internal Dictionary<int, int> Captions { get; } = [];

        internal List<int> Numbers { get; } = [];

        private readonly List<(int Image, int Caption)> _pairs = [];

        internal void Add(int image, int caption, int number)
        {
            Images.TryAdd(image, Images.Count);
            Captions.TryAdd(caption, Captions.Count);
            _pairs.Add((Images[image], Captions[caption]));
            Numbers.Add(number);
        }

        internal PairBatch Close() => new([.. Images.Keys], [.. Captions.Keys], _pairs, Numbers);
    }
}
