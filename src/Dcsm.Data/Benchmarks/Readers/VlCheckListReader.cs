using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>
/// VL-CheckList: files of [picture, {POS: texts, NEG: texts}] in folders that say what they ask. Of several texts its own program takes the
/// first ones.
/// </summary>
internal sealed class VlCheckListReader : BenchmarkReader
{
    private static readonly string[] Aspects = ["Object", "Attribute", "Relation"];

    private static readonly EnumerationOptions Deep = new() { RecurseSubdirectories = true, MaxRecursionDepth = 6 };

    public override bool IsPresent(string root) => Folder(root) is not null || (File.Exists(root) && Group(root) is not null);

    public override Benchmark Read(BenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string root = Path.GetFullPath(options.Root);
        string[] files =
            File.Exists(root) ? [root]
            : Folder(root) is { } folder
                ? [.. Directory.EnumerateFiles(folder, "*.json", Deep).Where(path => Group(path) is not null).Order(StringComparer.Ordinal)]
            : [];
        if (files.Length == 0)
        {
            throw new FileNotFoundException(
                $"{options.Root}: there is no such file, nor files of VL-CheckList in data/{string.Join(", data/", Aspects)}",
                options.Root
            );
        }

        string start = Directory.Exists(options.Root) ? options.Root : Path.GetDirectoryName(root)!;
        var items = new ChoiceBuilder(new ImageLocator(options, [start]) { Folders = ["", "vg", "hake", "swig"] });
        foreach (string path in files)
            Read(AnnotationFile.Open(path, [path]), items);
        return items.Build(Name, files, options.Root);
    }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file) => Read(options);

    private static void Read(AnnotationFile file, ChoiceBuilder items)
    {
        (string aspect, string group) =
            Group(file.Path)
            ?? throw new InvalidDataException($"{file.Path}: lies in no folder {string.Join(", ", Aspects)}, which say what is asked");
        int i = 0;
        // Three of the published files hold nothing.
        foreach (JsonField item in file.Json().List())
        {
            IReadOnlyList<JsonField> parts = item.List();
            if (parts.Count != 2)
                throw item.Expected("[picture, {\"POS\": texts, \"NEG\": texts}]");
            string name = parts[0].Text();
            string[] texts = [.. ((string[])["POS", "NEG"]).Select(kind => parts[1].Field(kind).Texts()[0])];
            if (items.Image(name, parts[0].Place) is { } image)
                items.Add(item.Place, new ChoiceItem($"{group}#{i}", image, texts, 0) { Group = group, Category = aspect });
            i++;
        }
    }

    private static string? Folder(string root) =>
        ((string[])[Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)), Path.Combine(root, "data")]).FirstOrDefault(folder =>
            Directory.Exists(folder)
            && (Aspects.Any(aspect => Directory.Exists(Path.Combine(folder, aspect))) || Aspects.Contains(Path.GetFileName(folder)))
        );

    /// <summary>
    /// What the folders and the name of a file say: data/Attribute/vg/color.json is "Attribute, color, vg",
    /// data/Object/Size/swig_size/swig_tool/swig_tool_small.json is "Object, Size small, swig_tool". Null of other paths.
    /// </summary>
    private static (string Aspect, string Group)? Group(string path)
    {
        string[] parts = path.Replace('\\', '/').Split('/');
        int at = Array.FindLastIndex(parts, part => Aspects.Contains(part));
        if (at < 0)
            return null;
        string[] below = parts[(at + 1)..];
        if (below.Length == 0)
            return (parts[at], parts[at]);
        string stem = Path.GetFileNameWithoutExtension(below[^1]);
        int cut = stem.LastIndexOf('_');
        (string kind, string data) = cut < 0 ? (stem, below[0]) : (stem[(cut + 1)..], stem[..cut]);
        return (parts[at], parts[at] == "Object" ? $"{parts[at]}, {below[0]} {kind}, {data}" : $"{parts[at]}, {kind}, {data}");
    }
}
