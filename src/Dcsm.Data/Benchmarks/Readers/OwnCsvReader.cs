using System.Globalization;
using Dcsm.IO.Csv;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>A user's own items as CSV; the columns are those of <see cref="BenchmarkCatalog"/>.</summary>
internal sealed class OwnCsvReader : BenchmarkReader
{
    public override bool IsPresent(string root) => File.Exists(root) && root.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

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
        CsvTable table = file.Table(["image", "option_0", "option_1"]);
        var columns = new List<string>();
        for (int i = 0; Has(table, Column(i)); i++)
            columns.Add(Column(i));

        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders));
        foreach (CsvRow row in table.Rows)
        {
            // Rows with fewer options leave the last columns empty.
            int count = columns.FindLastIndex(column => !string.IsNullOrWhiteSpace(row[column])) + 1;
            string[] texts = [.. columns.Take(Math.Max(count, 2)).Select(row.Text)];
            int right = !string.IsNullOrWhiteSpace(row.Optional("right")) ? row.Index("right", texts.Length) : 0;
            string name = row.Text("image");
            if (items.Image(name, row.PlaceOf("image")) is { } image)
                items.Add(row.Place, new ChoiceItem(name, image, texts, right) { Group = row.Optional("group").Trim() });
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    private static string Column(int i) => string.Create(CultureInfo.InvariantCulture, $"option_{i}");

    private static bool Has(CsvTable table, string column) => table.Headers.Contains(column, StringComparer.OrdinalIgnoreCase);
}
