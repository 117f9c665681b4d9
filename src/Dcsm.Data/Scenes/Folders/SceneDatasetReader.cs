using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Dcsm.IO.Files;

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
        using FileStream stream = File.OpenRead(path);
        SkipByteOrderMark(stream, path);
        foreach (JsonLines.Line line in JsonLines.Read(stream))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.Bytes.AsSpan().Trim(" \t\r"u8).IsEmpty)
                continue;
            records.Add(ReadLine(directory, path, line));
        }

        return records.Count > 0 ? records : throw new InvalidDataException($"{path}: the file holds no samples.");
    }

    private static SceneRecord ReadLine(string directory, string path, JsonLines.Line line)
    {
        string place = $"{path}, line {line.Number}";
        if (!Utf8.IsValid(line.Bytes))
            throw new InvalidDataException($"{place}: not UTF-8 at byte {line.Start + ValidLength(line.Bytes)}. Save the file as UTF-8.");

        SceneRecord record;
        try
        {
            using var document = JsonDocument.Parse(line.Bytes);
            record = SceneJson.Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                line.Ended
                    ? $"{place}: not JSON at byte {e.BytePositionInLine} of the line ({e.Message})."
                    : $"{place}: the last line is cut off after {line.Bytes.Length} bytes. Write the data set again, or delete that line.",
                e
            );
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{place}: {e.Message}", e);
        }

        return record with
        {
            ImageFile = Existing(directory, record.ImageFile, place, "image"),
            OppositeFile = Existing(directory, record.OppositeFile, place, "opposite_image"),
        };
    }

    private static string Existing(string directory, string file, string place, string field)
    {
        string path = Path.Combine(directory, file);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{place}: '{field}': the picture '{file}' does not exist in {directory}.", path);
    }

    private static int ValidLength(byte[] bytes)
    {
        Span<byte> rest = bytes.AsSpan();
        while (Rune.DecodeFromUtf8(rest, out _, out int length) == System.Buffers.OperationStatus.Done)
            rest = rest[length..];
        return bytes.Length - rest.Length;
    }

    private static void SkipByteOrderMark(FileStream stream, string path)
    {
        Span<byte> mark = stackalloc byte[3];
        int count = stream.ReadAtLeast(mark, 3, throwOnEndOfStream: false);
        if (count >= 2 && (mark[..2].SequenceEqual((byte[])[0xFF, 0xFE]) || mark[..2].SequenceEqual((byte[])[0xFE, 0xFF])))
            throw new InvalidDataException($"{path}: the file is UTF-16, not UTF-8. Save it as UTF-8.");
        stream.Position = count == 3 && mark.SequenceEqual((byte[])[0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }
}
