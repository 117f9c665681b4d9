namespace Dcsm.Internals;

/// <summary>Some of the pairs, with each picture and caption they need once.</summary>
/// <param name="Images">Picture files.</param>
/// <param name="Captions">Captions.</param>
/// <param name="Pairs">Indices into both.</param>
/// <param name="Numbers">For each pair its number among all.</param>
internal sealed record PairLot(
    IReadOnlyList<string> Images, IReadOnlyList<string> Captions, IReadOnlyList<(int Image, int Caption)> Pairs, IReadOnlyList<int> Numbers);

internal static class PairLots
{
    /// <summary>
    /// Divides pairs into lots of no more than so many different pictures and captions; pairs of the same picture come together,
    /// so that it is read once.
    /// </summary>
    internal static List<PairLot> Create(
        IReadOnlyList<string> imagePaths, IReadOnlyList<string> captions, int imagesAtATime, int captionsAtATime)
    {
        var byImage = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var (path, number) in imagePaths.Select((path, number) => (path, number)))
        {
            if (!byImage.TryGetValue(path, out var numbers))
                byImage.Add(path, numbers = []);
            numbers.Add(number);
        }

        var lots = new List<PairLot>();
        var lot = new Filling();
        foreach (var number in imagePaths.Distinct(StringComparer.Ordinal).SelectMany(path => byImage[path]))
        {
            var (image, caption) = (imagePaths[number], captions[number]);
            if ((!lot.Images.ContainsKey(image) && lot.Images.Count == imagesAtATime)
                || (!lot.Captions.ContainsKey(caption) && lot.Captions.Count == captionsAtATime))
            {
                lots.Add(lot.Close());
                lot = new Filling();
            }
            lot.Add(image, caption, number);
        }
        if (lot.Numbers.Count > 0)
            lots.Add(lot.Close());
        return lots;
    }

    private sealed class Filling
    {
        internal Dictionary<string, int> Images { get; } = new(StringComparer.Ordinal);

        internal Dictionary<string, int> Captions { get; } = new(StringComparer.Ordinal);

        internal List<int> Numbers { get; } = [];

        private readonly List<(int Image, int Caption)> pairs = [];

        internal void Add(string image, string caption, int number)
        {
            Images.TryAdd(image, Images.Count);
            Captions.TryAdd(caption, Captions.Count);
            pairs.Add((Images[image], Captions[caption]));
            Numbers.Add(number);
        }

        internal PairLot Close() => new([.. Images.Keys], [.. Captions.Keys], pairs, Numbers);
    }
}
