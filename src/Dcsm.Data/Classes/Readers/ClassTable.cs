using System.Text.Json;
using Dcsm.Data.Benchmarks;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Data.Classes.Readers;

/// <summary>
/// A table of pictures: CSV with the columns <c>image</c> and <c>label</c> (or <c>labels</c>, separated by <c>|</c>), or JSON lines with
/// these fields. Pictures are looked for from the table's folder.
/// </summary>
internal static class ClassTable
{
    private const string Image = "image";

    public static ClassifiedSet ReadCsv(string source, string path, ClassifiedDataOptions options)
    {
        string column = options.LabelColumn;
        var table = CsvTable.Read(path, [Image], trim: true);
        string? labels = new[] { column, column + "s" }.FirstOrDefault(name => Has(table, name));
        if (labels is null)
        {
            throw new InvalidDataException(
                $"{path}, line 1: the column {column}, or {column}s, is missing; found {Excerpt.Of(table.Headers)}"
            );
        }

        if (options.GroupColumn is { } group && !Has(table, group))
            throw new InvalidDataException($"{path}, line 1: the column {group} is missing; found {Excerpt.Of(table.Headers)}");
        return Build(
            source,
            path,
            options,
            table.Rows.Select(row => new Row(
                row.Place,
                row.Text(Image),
                [.. row.Text(labels).Split('|', StringSplitOptions.TrimEntries)],
                options.GroupColumn is null ? "" : row.Text(options.GroupColumn)
            ))
        );
    }

    public static ClassifiedSet ReadJsonLines(string source, string path, ClassifiedDataOptions options)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file", path);
        return Build(
            source,
            path,
            options,
            JsonLines
                .Read(path)
                .Select(item => new Row(
                    item.Place,
                    item.Field(Image).Text(),
                    Labels(item.Has(options.LabelColumn + "s") ? item.Field(options.LabelColumn + "s") : item.Field(options.LabelColumn)),
                    options.GroupColumn is null ? "" : item.Field(options.GroupColumn).Key()
                ))
        );
    }

    private static bool Has(CsvTable table, string column) => table.Headers.Contains(column, StringComparer.OrdinalIgnoreCase);

    private static string[] Labels(JsonField field) =>
        field.Kind == JsonValueKind.Array ? [.. field.Items().Select(item => item.Key())] : [field.Key()];

    private static ClassifiedSet Build(string source, string path, ClassifiedDataOptions options, IEnumerable<Row> read)
    {
        Row[] rows = [.. read];
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] found = [.. rows.SelectMany(row => row.Labels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        ClassNames? names = options.NamesFile is { } file ? ClassNames.Read(file) : null;
        IReadOnlyList<PictureClass> classes = names?.Classes ?? [.. found.Select(label => new PictureClass(label, [label]))];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < classes.Count; i++)
        {
            foreach (string name in classes[i].Names.Append(classes[i].Key))
                places.TryAdd(name, i);
        }

        var images = new ImageLocator(new BenchmarkOptions(folder), [folder]) { Deep = false };
        return new ClassifiedSet(
            source,
            classes,
            [
                .. rows.Select(row =>
                {
                    string image = images.Locate(row.Image, row.Place)!;
                    int[] labels =
                    [
                        .. row
                            .Labels.Select(label =>
                                places.TryGetValue(label, out int place) ? place
                                : label.Length == 0 ? throw new InvalidDataException($"{row.Place}: a label is empty")
                                : throw new InvalidDataException($"{row.Place}: the label '{label}' is none of the {classes.Count} classes")
                            )
                            .Distinct(),
                    ];
                    return new ClassifiedPicture(row.Image, labels, () => RegularFile.ReadAll(image)) { Group = row.Group };
                }),
            ]
        );
    }

    private sealed record Row(string Place, string Image, IReadOnlyList<string> Labels, string Group);
}
