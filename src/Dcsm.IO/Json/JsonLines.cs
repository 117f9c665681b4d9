using System.Text.Json;
using Dcsm.IO.Files;

namespace Dcsm.IO.Json;

/// <summary>Files with a JSON value a line.</summary>
public static class JsonLines
{
    /// <summary>Reads a file line by line; blank lines are passed over.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is not JSON, or not UTF-8; the message says which, and where in it.</exception>
    public static IEnumerable<JsonField> Read(string path)
    {
        using FileStream stream = RegularFile.OpenRead(path);
        foreach (TextLine line in TextLine.ReadAll(stream))
        {
            if (!Utf8File.Check(line.Bytes.Span, path, line.Number).Trim(" \t\r"u8).IsEmpty)
                yield return Parse(line.Bytes.Span, path, line.Number);
        }
    }

    /// <summary>Reads one line of a file.</summary>
    /// <param name="utf8">The line; copied.</param>
    /// <param name="path">The file.</param>
    /// <param name="number">The line's number, from 1.</param>
    /// <exception cref="InvalidDataException">It is not JSON, or not UTF-8; the message says where.</exception>
    public static JsonField Parse(ReadOnlySpan<byte> utf8, string path, int number)
    {
        utf8 = Utf8File.Check(utf8, path, number);
        string source = $"{path}, line {number}";
        try
        {
            JsonTexts.Check(utf8, source);
            return new JsonField(JsonElement.Parse(utf8), source);
        }
        catch (JsonException e)
        {
            throw JsonErrors.Broken(utf8, source, e, isLine: true);
        }
    }
}
