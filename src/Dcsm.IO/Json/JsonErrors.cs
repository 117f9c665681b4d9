using System.Text.Json;
using Dcsm.IO.Files;

namespace Dcsm.IO.Json;

/// <summary>The errors of documents that are not JSON.</summary>
internal static class JsonErrors
{
    /// <summary>The error of a document.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="source">The file, or its line.</param>
    /// <param name="e">What the parser says.</param>
    /// <param name="isLine">Whether the document is one line of the file, which <paramref name="source"/> names.</param>
    public static InvalidDataException Broken(ReadOnlySpan<byte> utf8, string source, JsonException e, bool isLine = false)
    {
        (int item, bool cut) = Scan(utf8);
        string where = item >= 0 ? $"{source}, item index {item}" : source;
        if (cut)
        {
            int lines = utf8.Count((byte)'\n') + 1;
            int column = utf8.Length - utf8.LastIndexOf((byte)'\n') - 1;
            string at = isLine ? $"after {utf8.Length} bytes" : $"at line {lines}, column {column}, byte {utf8.Length}";
            return new InvalidDataException($"{where}: the JSON stops in the middle, {at}; the file was cut off", e);
        }

        // The parser quotes as much as it pleases.
        string what = $"not JSON ({Excerpt.Of(e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.'), 300)})";
        if (e.LineNumber is not { } line || e.BytePositionInLine is not { } position)
            return new InvalidDataException($"{where}: {what}", e);
        int offset = 0;
        for (long i = 0; i < line; i++)
            offset += utf8[offset..].IndexOf((byte)'\n') + 1;
        ReadOnlySpan<byte> rest = utf8[(int)Math.Min(offset + position, utf8.Length)..];
        if (rest.StartsWith("NaN"u8) || rest.StartsWith("Infinity"u8) || rest.StartsWith("-Infinity"u8))
        {
            string word = rest[0] == (byte)'N' ? "NaN" : "Infinity";
            what = $"the bare word {word} is not JSON (Python writes it, the standard forbids it); a number is expected";
        }

        return new InvalidDataException($"{where}{(isLine ? "" : $", line {line + 1}")}, column {position + 1}: {what}", e);
    }

    /// <summary>
    /// The item of a list in which reading ends, -1 where the top is no list, and whether the text ended before the JSON did.
    /// </summary>
    private static (int Item, bool Cut) Scan(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        int item = -1;
        bool? list = null;
        try
        {
            while (reader.Read())
            {
                list ??= reader.TokenType == JsonTokenType.StartArray;
                if (list.Value && reader.CurrentDepth == 1 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
                    item++;
            }

            // What is whole was refused for something else, such as a name that stands twice.
            bool isOpen = reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            return (item, isOpen || !bytes[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8).IsEmpty);
        }
        catch (JsonException)
        {
            return (item, false);
        }
    }
}
