using System.Text.Json;
using Dcsm.IO.Json;

namespace Dcsm.IO.Files;

/// <summary>A file of JSON lines, mapped, of which any line can be read.</summary>
public sealed class LineIndex : IDisposable
{
    private readonly MappedFile _file;
    private readonly long[] _ends;

    private LineIndex(MappedFile file, long[] ends) => (_file, _ends) = (file, ends);

    /// <summary>Opens a file that must have so many lines.</summary>
    public static LineIndex Open(string path, int count)
    {
        var file = MappedFile.Open(path);
        try
        {
            if (count > file.Length)
                throw new InvalidDataException($"{path}: has {file.Length} bytes, too few for {count} lines.");
            long[] ends = new long[count];
            int lines = 0;
            for (long at = 0L; at < file.Length; lines++)
            {
                long end = Find(file, at);
                if (end < 0)
                    throw new InvalidDataException($"{path}, line {lines + 1}: ends in the middle; the file is truncated.");
                if (lines == count)
                    throw new InvalidDataException($"{path}: has more lines than the {count} rows that it is of.");
                ends[lines] = end;
                at = end + 1;
            }
            return lines == count
                ? new LineIndex(file, ends)
                : throw new InvalidDataException($"{path}: has {lines} lines, but is of {count} rows.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A line; wrong content is told with its number, from 1.</summary>
    public JsonField this[int line]
    {
        get
        {
            using UseCount.Use use = _file.Use();
            return JsonLines.Parse(Span(line), _file.Path, line + 1);
        }
    }

    /// <summary>Texts with which a line, which is an object, begins: the rest of it is not read.</summary>
    /// <param name="line">The line.</param>
    /// <param name="names">The first field of a line, and one that may follow it.</param>
    /// <returns>The texts; null for the second where it does not follow.</returns>
    /// <exception cref="InvalidDataException">The line is wrong; the message names it.</exception>
    public (string First, string? Second) Beginning(int line, (string First, string Second) names)
    {
        using UseCount.Use use = _file.Use();
        var reader = new Utf8JsonReader(Span(line));
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject && Next(ref reader, names.First) is { } first)
            {
                return (first, Next(ref reader, names.Second));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Said by who reads all of it.
        }

        JsonField whole = this[line];
        return (whole.Field(names.First).String(), whole.Optional(names.Second)?.String());
    }

    private ReadOnlySpan<byte> Span(int line)
    {
        long start = line == 0 ? 0 : _ends[line - 1] + 1;
        long length = _ends[line] - start;
        return length <= 1 << 24
            ? _file.Span(start, (int)length)
            : throw new InvalidDataException($"{_file.Path}, line {line + 1}: has {length} bytes, which is too many.");
    }

    private static string? Next(ref Utf8JsonReader reader, string name) =>
        reader.Read()
        && reader.TokenType == JsonTokenType.PropertyName
        && reader.ValueTextEquals(name)
        && reader.Read()
        && reader.TokenType == JsonTokenType.String
            ? reader.GetString()
            : null;

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    // Where the next line ends; -1 if it does not.
    private static long Find(MappedFile file, long from)
    {
        while (from < file.Length)
        {
            int length = (int)Math.Min(1 << 20, file.Length - from);
            int at = file.Span(from, length).IndexOf((byte)'\n');
            if (at >= 0)
                return from + at;
            from += length;
        }
        return -1;
    }
}
