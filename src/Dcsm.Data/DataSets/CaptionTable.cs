using System.Text.Json;
using Dcsm.Data.Benchmarks;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.IO.Csv;
using Dcsm.IO.Json;

namespace Dcsm.Data.DataSets;

/// <summary>
/// Reads one's own pictures from a table: CSV with a header, or JSON lines, with <c>image</c>, <c>caption</c>, <c>opposite_caption</c> and,
/// where there is one, <c>opposite_image</c>. A further column <c>stream</c> says what a row asks; rows without it are of the stream
/// "captions". Read as statements, a table may have <c>label</c> (1 or true, 0 or false) instead of an opposite, and several rows a
/// picture;
/// a line of JSON may have <c>statements</c>, a list of <c>caption</c> and <c>label</c>.
/// </summary>
/// <remarks>Pictures are looked for from the folder of the table. Further columns are ignored.</remarks>
public static class CaptionTable
{
    private const string DefaultStream = "captions",
        LabelField = "label",
        OppositeField = "opposite_caption";

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

    /// <summary>Reads CSV as true and false captions of pictures; a tenth of the pictures is held out.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="splitSeed">Another seed holds other pictures out.</param>
    /// <exception cref="FileNotFoundException">The file, or a picture that it names, does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A column is missing, a row is malformed, a field is empty, or a caption is said to be true and false of one picture.
    /// </exception>
    public static LabeledSet ReadStatementsCsv(string path, ulong splitSeed = 0) => ReadCsv(path, splitSeed, labeled: true);

    /// <summary>As <see cref="ReadStatementsCsv"/>; where it need not be labeled, a row that says nothing of its truth is true.</summary>
    internal static LabeledSet ReadCsv(string path, ulong splitSeed, bool labeled)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var table = CsvTable.Read(path, ["image", "caption"], trim: true);
        if (labeled && !table.Headers.Any(header => header.ToLowerInvariant() is LabelField or OppositeField))
        {
            throw new InvalidDataException(
                $"{path}, line 1: there is neither a column {LabelField} (1 or true, 0 or false) nor a column {OppositeField}"
            );
        }

        var captions = new TableCaptions("csv", path) { Labeled = labeled };
        ImageLocator images = Images(path);
        foreach (CsvRow row in table.Rows)
            Add(captions, images, row.Place, row.Optional);
        return captions.Build(splitSeed);
    }

    /// <summary>Reads JSON lines as true and false captions of pictures; a tenth of the pictures is held out.</summary>
    /// <param name="path">The file, UTF-8, an object a line.</param>
    /// <param name="splitSeed">Another seed holds other pictures out.</param>
    /// <exception cref="FileNotFoundException">The file, or a picture that it names, does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A line is not JSON, a field is missing or empty, or a caption is said to be true and false of one picture.
    /// </exception>
    public static LabeledSet ReadStatementsJsonLines(string path, ulong splitSeed = 0) => ReadJsonLines(path, splitSeed, labeled: true);

    /// <inheritdoc cref="ReadCsv(string, ulong, bool)"/>
    internal static LabeledSet ReadJsonLines(string path, ulong splitSeed, bool labeled)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file", path);
        var captions = new TableCaptions("jsonl", path) { Labeled = labeled };
        ImageLocator images = Images(path);
        foreach (JsonField item in JsonLines.Read(path))
        {
            if (item.Optional("statements") is not { } statements)
            {
                Add(captions, images, item.Place, name => Text(item, name));
                continue;
            }

            string image = item.Field("image").Text().Trim();
            foreach (JsonField statement in statements.Items())
            {
                _ = statement.Field("caption");
                _ = statement.Field(LabelField);
                Add(
                    captions,
                    images,
                    statement.Place,
                    name =>
                        name == "image" ? image
                        : Text(statement, name) is { Length: > 0 } own ? own
                        : Text(item, name)
                );
            }
        }

        return captions.Build(splitSeed);

        // Labels are often numbers or truth values.
        static string Text(JsonField item, string name) =>
            item.Optional(name) is not { } field ? ""
            : name == LabelField && field.Kind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number
                ? field.Element.GetRawText()
            : field.Text().Trim();
    }

    private static ImageLocator Images(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        return new ImageLocator(new BenchmarkOptions(folder), [folder]) { Deep = false };
    }

    /// <summary>A row of a labeled table, or of one with opposites: both captions of both pictures.</summary>
    private static void Add(TableCaptions captions, ImageLocator images, string place, Func<string, string> field)
    {
        string stream = field("stream") is { Length: > 0 } given ? given : DefaultStream,
            label = field(LabelField);
        if (label.Length == 0 && field(OppositeField).Length == 0 && !captions.Labeled)
            label = "1";
        if (label.Length == 0)
        {
            if (field(OppositeField).Length == 0)
                throw new InvalidDataException($"{place}: the {LabelField} is empty or missing, and so is the {OppositeField}");
            HardNegativeRecord record = Record(images, place, field);
            captions.Add((record.Image, record.ImagePath), record.Captions[0], true, stream, place);
            captions.Add((record.Image, record.ImagePath), record.NegativeCaptions[0], false, stream, place);
            if (record.NegativeImage is not { } negative)
                return;
            captions.Add((negative, record.NegativeImagePath!), record.NegativeCaptions[0], true, stream, place);
            captions.Add((negative, record.NegativeImagePath!), record.Captions[0], false, stream, place);
            return;
        }

        if (field(OppositeField).Length > 0)
            throw new InvalidDataException($"{place}: there are both a {LabelField} and an {OppositeField}; a row has one of them");
        string image = Needed(field, "image", place);
        bool isTrue = label.ToLowerInvariant() switch
        {
            "1" or "true" => true,
            "0" or "false" => false,
            _ => throw new InvalidDataException($"{place}: the {LabelField} is '{label}'; it should be 1 or true, 0 or false"),
        };
        captions.Add((image, images.Locate(image, place)!), Needed(field, "caption", place), isTrue, stream, place);
    }

    private static void Add(HardNegativeSetBuilder builder, ImageLocator images, string place, Func<string, string> field)
    {
        HardNegativeRecord record = Record(images, place, field);
        builder.Add(field("stream") is { Length: > 0 } stream ? stream : DefaultStream, record);
    }

    private static HardNegativeRecord Record(ImageLocator images, string place, Func<string, string> field)
    {
        string image = Needed(field, "image", place),
            caption = Needed(field, "caption", place),
            oppositeCaption = Needed(field, OppositeField, place),
            opposite = field("opposite_image");
        if (caption == oppositeCaption)
            throw new InvalidDataException($"{place}: caption and opposite_caption are the same");
        // Told twice, so that it counts as much as samples with two paraphrases.
        return new HardNegativeRecord(
            image,
            images.Locate(image, place)!,
            opposite.Length > 0 ? opposite : null,
            opposite.Length > 0 ? images.Locate(opposite, $"{place}, opposite_image") : null,
            [caption, caption],
            [oppositeCaption, oppositeCaption],
            null
        );
    }

    private static string Needed(Func<string, string> field, string name, string place) =>
        field(name) is { Length: > 0 } value ? value : throw new InvalidDataException($"{place}: the {name} is empty or missing");
}
