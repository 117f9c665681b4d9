using System.Text;
using CsvHelper;

namespace Dcsm.Data.Pairs;

/// <summary>Reads tables of pictures and captions: CSV with a header that has the columns <c>image</c> and <c>caption</c>.</summary>
public static class ImageCaptionCsv
{
    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    /// <summary>Reads a table and checks that every picture exists.</summary>
    /// <param name="path">The CSV file, UTF-8. Further columns are ignored, and so is the case of the header.</param>
    /// <exception cref="FileNotFoundException">The table, or a picture that a row names, does not exist.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a row is malformed, or a field is empty.</exception>
    public static IReadOnlyList<ImageCaptionPair> Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file", path);

        using var text = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            using var csv = CsvReader.Create(text, Options, leaveOpen: true);
            return Read(csv, path);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{path}: is not UTF-8 text ({e.Message})", e);
        }
        catch (CsvFormatException e)
        {
            throw new InvalidDataException(
                $"{path}, row {e.LineNumber}: a quotation mark stands where none may be; a field that contains one is put in "
                    + $"quotation marks, and the mark doubled",
                e
            );
        }
    }

    private static List<ImageCaptionPair> Read(CsvReader csv, string path)
    {
        csv.ReadHeader();
        if (csv.Headers.Count == 0)
            throw new InvalidDataException($"{path}: is empty; its first row must name the columns image and caption");
        int imageColumn = Column(csv, "image", path);
        int captionColumn = Column(csv, "caption", path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;

        var pairs = new List<ImageCaptionPair>();
        while (csv.Read())
        {
            string place = $"{path}, row {csv.LineNumber}";
            if (csv.FieldCount != csv.Headers.Count)
            {
                throw new InvalidDataException(
                    $"{place}: has {csv.FieldCount} fields where the header has {csv.Headers.Count}; a caption that contains a "
                        + $"comma is put in quotation marks"
                );
            }

            string image = Field(csv, imageColumn, "image", place);
            string caption = Field(csv, captionColumn, "caption", place);
            string imagePath = Path.GetFullPath(image, folder);
            if (!File.Exists(imagePath))
                throw new FileNotFoundException($"{place}: image '{image}' does not exist", imagePath);
            pairs.Add(new ImageCaptionPair(checked((int)csv.LineNumber), image, imagePath, caption));
        }

        return pairs.Count > 0 ? pairs : throw new InvalidDataException($"{path}: has a header and no rows");
    }

    private static int Column(CsvReader csv, string name, string path) =>
        csv.TryGetFieldIndex(name, out int index)
            ? index
            : throw new InvalidDataException(
                $"{path}, row 1: there is no column '{name}' among "
                    + $"{string.Join(", ", csv.Headers.Select(header => $"'{header}'"))}; the table has the columns image and "
                    + $"caption, separated by commas"
            );

    private static string Field(CsvReader csv, int index, string column, string place)
    {
        string value = csv.GetString(index).Trim();
        return value.Length > 0 ? value : throw new InvalidDataException($"{place}: the {column} is empty");
    }
}
