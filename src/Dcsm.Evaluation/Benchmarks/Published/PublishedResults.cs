using System.Globalization;
using Dcsm.Data.Benchmarks;
using Dcsm.IO.Csv;

namespace Dcsm.Evaluation.Benchmarks.Published;

/// <summary>
/// Numbers that others published, each with its source (<c>published.csv</c>). Numbers that were not found are not there.
/// </summary>
public static class PublishedResults
{
    private const string Resource = "published.csv";

    private static readonly Lazy<IReadOnlyList<PublishedResult>> AllRecords = new(Read);

    /// <summary>All of them, in the order of the file.</summary>
    public static IReadOnlyList<PublishedResult> All => AllRecords.Value;

    /// <summary>Those of a benchmark, such as "vg-attribution"; none where none were found.</summary>
    public static IReadOnlyList<PublishedResult> For(string benchmark)
    {
        ArgumentException.ThrowIfNullOrEmpty(benchmark);
        return [.. All.Where(result => result.IsOf(benchmark))];
    }

    /// <summary>How many items, or captions, the published figures of a benchmark are of; null where that is not known.</summary>
    public static int? Items(string benchmark) => BenchmarkCatalog.All.FirstOrDefault(reader => reader.Name == benchmark)?.Size;

    private static List<PublishedResult> Read()
    {
        using Stream stream =
            typeof(PublishedResults).Assembly.GetManifestResourceStream(Resource)
            ?? throw new FileNotFoundException($"{Resource} is missing from the assembly.", Resource);
        byte[] table = new byte[stream.Length];
        stream.ReadExactly(table);
        return
        [
            .. CsvTable
                .Parse(table, Resource, ["benchmark", "metric", "model", "value", "unit", "source"])
                .Rows.Select(row => new PublishedResult(
                    row["benchmark"],
                    row["metric"],
                    row["model"],
                    double.Parse(row["value"], CultureInfo.InvariantCulture),
                    row["unit"],
                    row["source"]
                )),
        ];
    }
}
