using Dcsm.IO.Csv;

namespace Dcsm.Data.Pairs;

/// <summary>Reads tables of pictures and captions: CSV with a header that has the columns <c>image</c> and <c>caption</c>.</summary>
public static class ImageCaptionCsv
{
    /// <summary>Reads a table and checks that every picture exists.</summary>
    /// <param name="path">The CSV file, UTF-8. Further columns are ignored, and so is the case of the header.</param>
    /// <exception cref="FileNotFoundException">The table, or a picture that a row names, does not exist.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a row is malformed, or a field is empty.</exception>
    public static IReadOnlyList<ImageCaptionPair> Read(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return
        [
            .. CsvTable
                .Read(path, ["image", "caption"], trim: true)
                .Rows.Select(row =>
                {
                    string image = row.Text("image");
                    string imagePath = Path.GetFullPath(image, folder);
                    return File.Exists(imagePath)
                        ? new ImageCaptionPair(row.Line, image, imagePath, row.Text("caption"))
                        : throw new FileNotFoundException($"{row.PlaceOf("image")}: image '{image}' does not exist", imagePath);
                }),
        ];
    }
}
