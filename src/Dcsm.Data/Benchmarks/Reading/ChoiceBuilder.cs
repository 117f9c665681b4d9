namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>Collects the items of a <see cref="ChoiceBenchmark"/>.</summary>
internal sealed class ChoiceBuilder(ImageLocator images) : ItemBuilder(images)
{
    private readonly List<ChoiceItem> _items = [];

    /// <param name="place">The place of the item, for warnings.</param>
    /// <param name="item">Its id need not be unique.</param>
    public void Add(string place, ChoiceItem item)
    {
        for (int i = 0; i < item.Options.Count; i++)
        {
            int same = -1;
            for (int j = 0; j < i && same < 0; j++)
                same = item.Options[j] == item.Options[i] ? j : -1;
            if (same < 0)
                continue;
            Warn($"{place}: options {same} and {i} are the same text, '{item.Options[i]}': every scorer ties");
            break;
        }

        _items.Add(item with { Id = Unique(item.Id) });
    }

    public override ChoiceBenchmark Build(string name, IReadOnlyList<string> files, string source) =>
        new()
        {
            Warnings = Finish(source),
            Name = name,
            AnnotationFiles = files,
            Missing = Missing,
            Items = _items,
        };
}
