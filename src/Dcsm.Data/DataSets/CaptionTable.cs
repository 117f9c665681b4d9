using Dcsm.Data.Benchmarks;
using Dcsm.Data.Benchmarks.Readers;
using Dcsm.IO.Csv;
using Dcsm.IO.Json;

namespace Dcsm.Data.DataSets;

/// <summary>
/// Reads one's own pictures from a table: CSV with a header, or JSON lines, with <c>image</c>, <c>caption</c>, <c>opposite_caption</c> and,
/// where there is one, <c>opposite_image</c>. A further column <c>stream</c> says what a row asks; rows without it are of the stream
/// "captions".
/// </summary>
/// <remarks>Pictures are looked for from the folder of the table. Further columns are ignored.</remarks>
public static class CaptionTable
{
    private const string DefaultStream = "captions";

    /// <summary>Reads CSV.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <exception cref="FileNotFoundException">The file, or a picture that it names, does not exist.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a row is malformed, or a field is empty.</exception>
    public static HardNegativeSet ReadCsv(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var builder = new HardNegativeSetBuilder("csv", path);
        var table = CsvTable.Read(path, ["image", "caption", "opposite_caption"], trim: true);
        ImageLocator images = Images(path);
        foreach (CsvRow row in table.Rows)
            Add(builder, images, row.Place, row.Optional);
        return builder.Build();
    }

    /// <summary>Reads JSON lines.</summary>
    /// <param name="path">The file, UTF-8, an object a line.</param>
    /// <exception cref="FileNotFoundException">The file, or a picture that it names, does not exist.</exception>
    /// <exception cref="InvalidDataException">A line is not JSON, or a field is missing or empty.</exception>
    public static HardNegativeSet ReadJsonLines(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file", path);
        var builder = new HardNegativeSetBuilder("jsonl", path);
        ImageLocator images = Images(path);
        foreach (JsonField item in JsonLines.Read(path))
        {
            _ = item.Field("image");
            Add(builder, images, item.Place, name => item.Optional(name)?.Text().Trim() ?? "");
        }

        return builder.Build();
    }

    private static ImageLocator Images(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        return new ImageLocator(new BenchmarkOptions(folder), [folder]) { Deep = false };
    }

    private static void Add(HardNegativeSetBuilder builder, ImageLocator images, string place, Func<string, string> field)
    {
        string image = Needed("image"),
            caption = Needed("caption"),
            oppositeCaption = Needed("opposite_caption"),
            opposite = field("opposite_image"),
            stream = field("stream");
        if (caption == oppositeCaption)
            throw new InvalidDataException($"{place}: caption and opposite_caption are the same");
        // Told twice, so that it counts as much as samples with two paraphrases.
        builder.Add(
            stream.Length > 0 ? stream : DefaultStream,
            new HardNegativeRecord(
                image,
                images.Locate(image, place)!,
                opposite.Length > 0 ? opposite : null,
                opposite.Length > 0 ? images.Locate(opposite, $"{place}, opposite_image") : null,
                [caption, caption],
                [oppositeCaption, oppositeCaption],
                null
            )
        );

        string Needed(string name) =>
            field(name) is { Length: > 0 } value ? value : throw new InvalidDataException($"{place}: the {name} is empty or missing");
    }
}
