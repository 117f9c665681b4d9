using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Csv;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>
/// A user's own items as CSV or JSON lines; the columns or fields are those of <see cref="BenchmarkCatalog"/>, and say what is asked.
/// </summary>
internal sealed class OwnReader : BenchmarkReader
{
    private static readonly string[] ChoiceColumns = ["image", "option_0", "option_1"];
    private static readonly string[] PairColumns = ["image_0", "image_1", "caption_0", "caption_1"];
    private static readonly string[] StatementColumns = ["image", "caption", "label"];

    /// <summary>Whether the file is CSV, else JSON lines.</summary>
    public required bool IsCsv { get; init; }

    public override bool IsPresent(string root) =>
        File.Exists(root) && root.EndsWith(IsCsv ? ".csv" : ".jsonl", StringComparison.OrdinalIgnoreCase);

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
        var images = new ImageLocator(options, file.Folders);
        ItemBuilder? items = null;
        foreach (OwnRow row in IsCsv ? OwnRow.Of(Table(file)) : JsonLines.Read(file.Path).Select(OwnRow.Of))
        {
            // The first one says what all of them are.
            items ??=
                row.Has(PairColumns[0]) ? new MatchBuilder(images, MatchTask.Pairs)
                : row.Has(StatementColumns[1]) ? new MatchBuilder(images, MatchTask.Statements)
                : new ChoiceBuilder(images);
            if (items is ChoiceBuilder choices)
                Read(row, choices);
            else if (items is MatchBuilder { Task: MatchTask.Pairs } pairs)
                ReadPair(row, pairs);
            else
                ReadStatement(row, (MatchBuilder)items);
        }

        return (items ?? new ChoiceBuilder(images)).Build(Name, [file.Path], file.Path);
    }

    private static CsvTable Table(AnnotationFile file)
    {
        IReadOnlyList<string> headers = file.Table().Headers;
        bool Has(string column) => headers.Contains(column, StringComparer.OrdinalIgnoreCase);
        return file.Table(
            Has(PairColumns[0]) ? PairColumns
            : Has(StatementColumns[1]) ? StatementColumns
            : ChoiceColumns
        );
    }

    private static void Read(OwnRow row, ChoiceBuilder items)
    {
        string name = row.Text("image");
        IReadOnlyList<string> texts = row.Options();
        int right = row.Index("right", texts.Count) ?? 0;
        if (items.Image(name, row.PlaceOf("image")) is not { } image)
            return;
        var item = new ChoiceItem(name, image, texts, right) { Group = row.Label("group"), Category = row.Label("category") };
        items.Add(row.Place, item);
    }

    private static void ReadPair(OwnRow row, MatchBuilder items)
    {
        string[] texts = [.. PairColumns.Select(row.Text)];
        items.AddPair(
            texts[0],
            [(texts[0], row.PlaceOf(PairColumns[0])), (texts[1], row.PlaceOf(PairColumns[1]))],
            texts[2..],
            row.Place,
            row.Label("group"),
            row.Label("category")
        );
    }

    private static void ReadStatement(OwnRow row, MatchBuilder items)
    {
        string name = row.Text("image"),
            caption = row.Text("caption"),
            part = row.Label("part");
        bool isTrue = row.Flag("label");
        if (part is not ("" or VsrReader.Dev or VsrReader.Test))
            throw new InvalidDataException($"{row.PlaceOf("part")}: '{part}' is neither {VsrReader.Dev} nor {VsrReader.Test}");
        if (items.Image(name, row.PlaceOf("image")) is not { } image)
            return;
        items.Add(
            row.Place,
            new MatchItem(name, [image], [caption], [isTrue])
            {
                Group = row.Label("group"),
                Category = row.Label("category"),
                IsDev = part == VsrReader.Dev,
            }
        );
    }
}
