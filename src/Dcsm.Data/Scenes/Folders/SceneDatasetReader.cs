using Dcsm.Data.Pictures;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Data.Scenes.Folders;

/// <summary>Reads a folder that <see cref="SceneDatasetWriter"/> wrote.</summary>
public static class SceneDatasetReader
{
    /// <summary>Reads all records, in the order of the file, and checks that their pictures exist.</summary>
    /// <param name="directory">The folder that holds <c>scenes.jsonl</c>.</param>
    /// <param name="cancellationToken">Ends the reading between two lines.</param>
    /// <returns>Records whose files are joined with the folder.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException"><c>scenes.jsonl</c> or a picture is missing.</exception>
    /// <exception cref="InvalidDataException">A line is wrong; the message names file, line and field.</exception>
    public static IReadOnlyList<SceneRecord> Read(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"{directory}: there is no such folder; it should hold {SceneDatasetWriter.ListName} and its pictures."
            );
        }

        string path = Path.Combine(directory, SceneDatasetWriter.ListName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                File.Exists(path + SceneDatasetWriter.PartialSuffix)
                    ? $"{path}: missing, but {SceneDatasetWriter.ListName}{SceneDatasetWriter.PartialSuffix} is there: the "
                        + $"writing was interrupted. Run it again with the same settings and it goes on."
                    : $"{path}: missing; a data set of scenes has one line for each sample there.",
                path
            );
        }

        var records = new List<SceneRecord>();
        foreach (JsonField line in JsonLines.Read(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            SceneRecord record = SceneJson.Read(line);
            records.Add(
                record with
                {
                    ImageFile = Existing(directory, record.ImageFile, line.Field("image")),
                    OppositeFile = Existing(directory, record.OppositeFile, line.Field("opposite_image")),
                }
            );
        }

        return records.Count > 0 ? records : throw new InvalidDataException($"{path}: the file holds no samples.");
    }

    private static string Existing(string directory, string file, JsonField field)
    {
        string path = PicturePath.Within(directory, file, field.Place);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{field.Place}: the picture '{Excerpt.Of(file, 200)}' does not exist in {directory}", path);
    }
}
