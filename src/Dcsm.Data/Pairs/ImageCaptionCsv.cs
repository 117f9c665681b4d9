using Dcsm.IO.Csv;
using Dcsm.IO.Files;

namespace Dcsm.Data.Pairs;

/// <summary>
/// Reads tables of pictures and captions: separated values with a header that has columns for both, named <c>image</c> and <c>caption</c>,
/// <c>filepath</c> and <c>title</c> (open_clip), or <c>file_name</c> and <c>text</c> (Hugging Face).
/// </summary>
public static class ImageCaptionCsv
{
    internal static readonly (string Image, string Caption)[] UsualColumns =
    [
        ("image", "caption"),
        ("filepath", "title"),
        ("file_name", "text"),
    ];

    /// <summary>Reads a table and checks that every picture exists.</summary>
    /// <param name="path">The file, UTF-8. The case of the header is ignored. Names of pictures may have either slash.</param>
    /// <param name="options">How it is laid out; null to see by the header.</param>
    /// <exception cref="FileNotFoundException">The table, or a picture that a row names, does not exist.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a row is malformed, or a field is empty.</exception>
    public static IReadOnlyList<ImageCaptionPair> Read(string path, ImageCaptionOptions? options = null) =>
        File.Exists(path)
            ? Parse(Utf8File.Read(path), path, Path.GetDirectoryName(Path.GetFullPath(path))!, options)
            : throw new FileNotFoundException($"{path}: there is no such file", path);

    /// <summary>Reads a table that is no file.</summary>
    /// <param name="utf8">The table.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="folder">Where relative names of pictures start.</param>
    /// <param name="options">How it is laid out; null to see by the header.</param>
    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<ImageCaptionPair> Parse(byte[] utf8, string name, string folder, ImageCaptionOptions? options = null)
    {
        options ??= new ImageCaptionOptions();
        (string Image, string Caption)[] known = options.Columns is { } named ? [named] : UsualColumns;
        var table = CsvTable.Parse(utf8, name, [], trim: true, options.Separator ?? Separator(utf8));
        bool Has(string column) => table.Headers.Contains(column, StringComparer.OrdinalIgnoreCase);
        (string imageColumn, string captionColumn) = known.FirstOrDefault(columns => Has(columns.Image) && Has(columns.Caption));
        if (imageColumn is null)
        {
            string missing = known.FirstOrDefault(columns => Has(columns.Image) || Has(columns.Caption)) is { Image: not null } half
                ? $"the column {(Has(half.Image) ? half.Caption : half.Image)} is missing"
                : $"the columns {string.Join(", or ", known.Select(columns => $"{columns.Image} and {columns.Caption}"))} are missing";
            throw new InvalidDataException($"{name}, line 1: {missing}; found {Excerpt.Of(table.Headers)}");
        }

        string[] others =
        [
            .. table.Headers.Where(header =>
                header.Length > 0
                && !header.Equals(imageColumn, StringComparison.OrdinalIgnoreCase)
                && !header.Equals(captionColumn, StringComparison.OrdinalIgnoreCase)
            ),
        ];
        return
        [
            .. table.Rows.Select(row =>
            {
                string image = row.Text(imageColumn);
                string imagePath = Find(image, folder);
                return options.AllowMissing || ContainedFile.Exists(imagePath)
                    ? new ImageCaptionPair(
                        row.Line,
                        image,
                        imagePath,
                        row.Text(captionColumn),
                        [.. others.Select(column => KeyValuePair.Create(column, row[column]))]
                    )
                    : throw new FileNotFoundException($"{row.PlaceOf(imageColumn)}: image '{image}' does not exist", imagePath);
            }),
        ];
    }

    // Tables go from one system to another.
    internal static string Find(string image, string folder)
    {
        string path = Path.GetFullPath(image, folder);
        return ContainedFile.Exists(path) || !image.Contains('\\', StringComparison.Ordinal)
            ? path
            : Path.GetFullPath(image.Replace('\\', '/'), folder);
    }

    private static char Separator(ReadOnlySpan<byte> utf8)
    {
        int end = utf8.IndexOfAny((byte)'\r', (byte)'\n');
        ReadOnlySpan<byte> header = end < 0 ? utf8 : utf8[..end];
        return header.Contains((byte)',') ? ','
            : header.Contains((byte)';') ? ';'
            : header.Contains((byte)'\t') ? '\t'
            : ',';
    }
}
