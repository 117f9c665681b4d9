using System.Text;
using System.Text.Json;
using CsvHelper;
using Dcsm.Data.Benchmarks;
using Dcsm.Data.Benchmarks.Readers;
using Dcsm.IO.Files;
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

    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    /// <summary>Reads CSV.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <exception cref="FileNotFoundException">The file, or a picture that it names, does not exist.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a row is malformed, or a field is empty.</exception>
    public static HardNegativeSet ReadCsv(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AnnotationFile file = Open(path);
        var builder = new HardNegativeSetBuilder("csv", path);
        try
        {
            using var csv = CsvReader.Create(new StringReader(Encoding.UTF8.GetString(file.Bytes)), Options);
            csv.ReadHeader();
            foreach (string needed in new[] { "image", "caption", "opposite_caption" })
            {
                if (!csv.TryGetFieldIndex(needed, out _))
                {
                    throw new InvalidDataException(
                        $"{path}, row 1: there is no column '{needed}' among "
                            + $"{string.Join(", ", csv.Headers.Select(header => $"'{header}'"))}; the table has the columns "
                            + $"image, caption, opposite_caption and, as it likes, opposite_image and stream"
                    );
                }
            }

            ImageLocator images = Images(file);
            while (csv.Read())
            {
                string place = $"{path}, row {csv.LineNumber}";
                if (csv.FieldCount != csv.Headers.Count)
                {
                    throw new InvalidDataException(
                        $"{place}: has {csv.FieldCount} fields where the header has {csv.Headers.Count}; a caption that "
                            + $"contains a comma is put in quotation marks"
                    );
                }

                Add(builder, images, place, column => csv.TryGetFieldIndex(column, out int index) ? csv.GetString(index).Trim() : "");
            }
        }
        catch (CsvFormatException e)
        {
            throw new InvalidDataException(
                $"{path}, row {e.LineNumber}: a quotation mark stands where none may be; a field that contains one is put in "
                    + $"quotation marks, and the mark doubled",
                e
            );
        }

        return builder.Build();
    }

    /// <summary>Reads JSON lines.</summary>
    /// <param name="path">The file, UTF-8, an object a line.</param>
    /// <exception cref="FileNotFoundException">The file, or a picture that it names, does not exist.</exception>
    /// <exception cref="InvalidDataException">A line is not JSON, or a field is missing or empty.</exception>
    public static HardNegativeSet ReadJsonLines(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AnnotationFile file = Open(path);
        var builder = new HardNegativeSetBuilder("jsonl", path);
        ImageLocator images = Images(file);
        string[] lines = Encoding.UTF8.GetString(file.Bytes).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
                continue;
            string place = FormattableString.Invariant($"{path}, line {i + 1}");
            try
            {
                using var document = JsonDocument.Parse(lines[i]);
                var item = new JsonField(document.RootElement, place);
                _ = item.Field("image");
                Add(
                    builder,
                    images,
                    place,
                    field =>
                        item.Has(field) && item.Field(field).Element.ValueKind != JsonValueKind.Null ? item.Field(field).Text().Trim() : ""
                );
            }
            catch (JsonException e)
            {
                throw new InvalidDataException(
                    $"{place}, column {(e.BytePositionInLine ?? 0) + 1}: not JSON, or cut off "
                        + $"({e.Message.Split(" LineNumber:")[0].TrimEnd('.')})",
                    e
                );
            }
        }

        return builder.Build();
    }

    private static AnnotationFile Open(string path) =>
        File.Exists(path)
            ? AnnotationFile.Open(path, [Path.GetFileName(path)])
            : throw new FileNotFoundException($"{path}: there is no such file", path);

    private static ImageLocator Images(AnnotationFile file) =>
        new(new BenchmarkOptions(Path.GetDirectoryName(file.Path)!), file.Folders) { Deep = false };

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
