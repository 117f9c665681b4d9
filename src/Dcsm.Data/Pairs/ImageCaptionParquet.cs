using Dcsm.Data.Columns;
using Dcsm.IO.Files;

namespace Dcsm.Data.Pairs;

/// <summary>Reads Parquet files of pictures and captions, with the columns that <see cref="ImageCaptionCsv"/> knows.</summary>
public static class ImageCaptionParquet
{
    /// <summary>Reads a file and checks that every picture exists.</summary>
    /// <param name="path">The file. Other columns of texts come with the pairs.</param>
    /// <param name="options">Which columns; null for those with the usual names.</param>
    /// <returns>The pairs; their rows count from 1.</returns>
    /// <exception cref="FileNotFoundException">The file, or a picture that a row names, does not exist.</exception>
    /// <exception cref="InvalidDataException">The file can't be read, a column is missing, or a field is empty.</exception>
    public static IReadOnlyList<ImageCaptionPair> Read(string path, ImageCaptionOptions? options = null)
    {
        options ??= new ImageCaptionOptions();
        (IReadOnlyList<string> columns, IEnumerable<string?[]> rows) = ParquetTable.ReadTexts(path);
        (string Image, string Caption)[] known = options.Columns is { } named ? [named] : ImageCaptionCsv.UsualColumns;
        List<string> names = [.. columns];
        int Place(string name) => names.FindIndex(column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
        (string image, string caption) = known.FirstOrDefault(pair => Place(pair.Image) >= 0 && Place(pair.Caption) >= 0);
        if (image is null)
        {
            throw new InvalidDataException(
                $"{path}: has no columns of texts {string.Join(", or ", known.Select(pair => $"{pair.Image} and {pair.Caption}"))}; found "
                    + (columns.Count > 0 ? string.Join(", ", columns) : "none")
            );
        }

        (int imagePlace, int captionPlace) = (Place(image), Place(caption));
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var pairs = new List<ImageCaptionPair>();
        foreach (string?[] row in rows)
        {
            int number = pairs.Count + 1;
            string name = Text(row[imagePlace], image),
                file = ImageCaptionCsv.Find(name, folder);
            if (!options.AllowMissing && !ContainedFile.Exists(file))
                throw new FileNotFoundException($"{path}, row {number}, column {image}: image '{name}' does not exist", file);
            pairs.Add(
                new ImageCaptionPair(
                    number,
                    name,
                    file,
                    Text(row[captionPlace], caption),
                    [
                        .. columns
                            .Index()
                            .Where(column => column.Index != imagePlace && column.Index != captionPlace)
                            .Select(column => KeyValuePair.Create(column.Item, row[column.Index] ?? "")),
                    ]
                )
            );

            string Text(string? text, string column) =>
                string.IsNullOrWhiteSpace(text)
                    ? throw new InvalidDataException($"{path}, row {number}, column {column}: is empty")
                    : text.Trim();
        }

        return pairs;
    }
}
