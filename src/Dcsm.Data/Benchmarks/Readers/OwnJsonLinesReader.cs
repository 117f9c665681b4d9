using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>A user's own items as JSON lines; the fields are those of <see cref="BenchmarkCatalog"/>.</summary>
internal sealed class OwnJsonLinesReader : BenchmarkReader
{
    public override bool IsPresent(string root) => File.Exists(root) && root.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    public override Benchmark Read(BenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return File.Exists(options.Root)
            ? base.Read(options)
            : throw new FileNotFoundException(
                $"{options.Root}: there is no such file; the root of '{Name}' is the file itself",
                options.Root
            );
    }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders));
        foreach (JsonField item in JsonLines.Read(file.Path))
            ReadItem(item, items);
        return items.Build(Name, [file.Path], file.Path);
    }

    private static void ReadItem(JsonField item, ChoiceBuilder items)
    {
        JsonField name = item.Field("image");
        JsonField list = item.Field("options");
        IReadOnlyList<string> texts = list.Texts();
        if (texts.Count < 2)
            throw list.Wrong($"expected 2 texts or more, found {texts.Count}");
        int right = item.Optional("right")?.Whole(0, texts.Count - 1) ?? 0;
        string group = item.Optional("group")?.Text() ?? "";
        if (items.Image(name.Text(), name.Place) is { } image)
            items.Add(item.Place, new ChoiceItem(name.Text(), image, texts, right) { Group = group });
    }
}
