namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>Collects the items of a <see cref="MatchBenchmark"/>.</summary>
internal sealed class MatchBuilder(ImageLocator images, MatchTask task) : ItemBuilder(images)
{
    private static readonly bool?[] Straight = [true, false, false, true];

    private readonly List<MatchItem> _items = [];

    /// <summary>What is asked.</summary>
    public MatchTask Task => task;

    /// <summary>What <see cref="MatchBenchmark.MainFigure"/> says.</summary>
    public string? MainFigure { get; init; }

    /// <summary>Two pictures with a caption each.</summary>
    /// <param name="id">What the item is called; need not be unique.</param>
    /// <param name="names">The two pictures as annotated, each with the place of its name.</param>
    /// <param name="captions">Their captions.</param>
    /// <param name="place">The place of the item.</param>
    /// <param name="group">What figures are also given by.</param>
    /// <param name="category">What the group belongs to.</param>
    public void AddPair(
        string id,
        IReadOnlyList<(string Name, string Place)> names,
        string[] captions,
        string place,
        string group = "",
        string category = ""
    )
    {
        BenchmarkImage?[] found = [.. names.Select(image => Image(image.Name, image.Place))];
        if (found.OfType<BenchmarkImage>().ToArray() is { Length: 2 } both)
            Add(place, new MatchItem(id, both, captions, Straight) { Group = group, Category = category });
    }

    /// <param name="place">The place of the item, for warnings.</param>
    /// <param name="item">Its id need not be unique.</param>
    public void Add(string place, MatchItem item)
    {
        int captions = item.Captions.Count;
        for (int p = 0; p < item.Matches.Count && task is not (MatchTask.Labels or MatchTask.Captions); p++)
        {
            int other = item.Matches[p] == true ? SameButFalse(item, p) : -1;
            if (other < 0)
                continue;
            Warn(
                $"{place}: captions {Math.Min(p % captions, other)} and {Math.Max(p % captions, other)} are the same text, "
                    + $"'{item.Captions[other]}': every scorer ties"
            );
            break;
        }

        _items.Add(item with { Id = Unique(item.Id) });
    }

    public override MatchBenchmark Build(string name, IReadOnlyList<string> files, string source)
    {
        IReadOnlyList<string> warnings = Finish(source);
        if (_items.TrueForAll(item => item.IsDev))
            throw new InvalidDataException($"{source}: all items are there to choose a threshold on, and none is left to be judged");
        return new MatchBenchmark
        {
            Warnings = warnings,
            Name = name,
            Task = task,
            AnnotationFiles = files,
            Missing = Missing,
            Items = _items,
            MainFigure = MainFigure,
        };
    }

    /// <summary>A caption of the same text that does not match the same picture; -1 where there is none.</summary>
    private static int SameButFalse(MatchItem item, int pair)
    {
        (int image, int caption) = Math.DivRem(pair, item.Captions.Count);
        for (int c = 0; c < item.Captions.Count; c++)
        {
            if (item.Matches[(image * item.Captions.Count) + c] == false && item.Captions[c] == item.Captions[caption])
                return c;
        }

        return -1;
    }
}
