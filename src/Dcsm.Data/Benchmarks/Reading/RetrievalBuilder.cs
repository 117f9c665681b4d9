namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>Collects the pictures and captions of a <see cref="RetrievalBenchmark"/>.</summary>
internal sealed class RetrievalBuilder(ImageLocator locator)
{
    private readonly List<BenchmarkImage> _images = [];
    private readonly List<RetrievalCaption> _captions = [];
    private readonly List<string> _warnings = [];
    private readonly List<string> _empty = [];
    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);

    /// <param name="name">The picture as annotated.</param>
    /// <param name="place">The place of its name.</param>
    /// <param name="texts">Its captions.</param>
    /// <param name="captionPlace">The place of the captions.</param>
    public void Add(string name, string place, IReadOnlyList<string> texts, string captionPlace)
    {
        if (texts.Count == 0)
            throw new InvalidDataException($"{captionPlace}: the list has no captions; the recall of a picture without one is not defined");
        for (int i = 0; i < texts.Count; i++)
        {
            // A published file has one, and its own program searches for it like for any other.
            if (string.IsNullOrWhiteSpace(texts[i]))
                _empty.Add($"{captionPlace}, caption {i}");
        }

        if (locator.Locate(name, place) is not { } path)
            return;
        if (!_places.TryAdd(path, place))
        {
            _warnings.Add(
                $"{place}: names the picture of {_places[path]} again; it stands twice among the pictures that are searched, "
                    + $"and only one of them is right for each caption"
            );
        }

        _captions.AddRange(texts.Select(text => new RetrievalCaption(text, _images.Count)));
        _images.Add(new BenchmarkImage(name, path, place));
    }

    public RetrievalBenchmark Build(string name, IReadOnlyList<string> files, string source)
    {
        if (_images.Count == 0)
        {
            throw new InvalidDataException(
                locator.Missing.Count > 0
                    ? $"{source}: none of its {locator.Missing.Count} pictures was found; the first: {locator.Missing[0]}"
                    : $"{source}: has no pictures"
            );
        }

        if (_empty.Count > 0)
        {
            _warnings.Add(
                FormattableString.Invariant(
                    $"{_empty.Count} of {_captions.Count} captions are empty, and count like any other: {string.Join("; ", _empty.Take(3))}"
                )
            );
        }

        return new RetrievalBenchmark
        {
            Name = name,
            AnnotationFiles = files,
            Warnings = _warnings,
            Missing = locator.Missing,
            Images = _images,
            Captions = _captions,
        };
    }
}
