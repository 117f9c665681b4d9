using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Csv;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>CLEVRbind with one or two objects: CSV with file_name, pos and four neg columns.</summary>
internal sealed class ClevrBindReader : BenchmarkReader
{
    private static readonly string[] Captions = ["pos", "neg_0", "neg_1", "neg_2", "neg_3"];

    /// <summary>The folder of the pictures, from the root.</summary>
    public required string Pictures { get; init; }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        CsvTable table = file.Table(["file_name", .. Captions]);
        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders) { Folders = [Pictures], Deep = false });
        foreach (CsvRow row in table.Rows)
        {
            string[] captions = [.. Captions.Select(row.Text)];
            string name = row.Text("file_name");
            if (items.Image(name, row.PlaceOf("file_name")) is { } image)
                items.Add(row.Place, new ChoiceItem(name, image, captions, 0));
        }

        return items.Build(Name, [file.Path], file.Path);
    }
}
