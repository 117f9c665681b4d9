using System.Text.Json;
using Dcsm.IO.Files;

namespace Dcsm.IO.Json;

/// <summary>Parses annotation files that are JSON, with errors that name the place.</summary>
public static class JsonAnnotation
{
    /// <summary>The top of a file, whatever it is. The document belongs to the caller.</summary>
    public static JsonDocument Parse(AnnotationFile file)
    {
        try
        {
            return JsonDocument.Parse(file.Bytes);
        }
        catch (JsonException e)
        {
            throw Broken(file, e);
        }
    }

    /// <summary>The top of a parsed file.</summary>
    public static JsonField Top(AnnotationFile file, JsonDocument document) => new(document.RootElement, file.Path);

    /// <summary>The items of a file whose top is a list.</summary>
    public static IReadOnlyList<JsonField> Items(AnnotationFile file, JsonDocument document)
    {
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException(
                $"{file.Path}: a list was expected at the top of the file, found {new JsonField(root, file.Path).Found}"
            );
        }

        JsonField[] items = [.. root.EnumerateArray().Select((element, i) => new JsonField(element, $"{file.Path}, item index {i}"))];
        return items.Length > 0 ? items : throw new InvalidDataException($"{file.Path}: the list has no items");
    }

    /// <summary>The error of a file that is not JSON.</summary>
    public static InvalidDataException Broken(AnnotationFile file, JsonException e)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        (int item, bool cut) = Scan(bytes);
        string where = item >= 0 ? $"{file.Path}, item index {item}" : file.Path;
        if (cut)
        {
            int lines = bytes.Count((byte)'\n') + 1;
            return new InvalidDataException(
                $"{where}: the JSON stops in the middle, at line {lines}, column {bytes.Length - bytes.LastIndexOf((byte)'\n') - 1}, byte {bytes.Length}; the file was cut off",
                e
            );
        }

        long line = e.LineNumber ?? 0;
        int offset = 0;
        for (long i = 0; i < line; i++)
            offset += bytes[offset..].IndexOf((byte)'\n') + 1;
        offset = (int)Math.Min(offset + (e.BytePositionInLine ?? 0), bytes.Length);
        string place = $"{where}, line {line + 1}, column {(e.BytePositionInLine ?? 0) + 1}";
        ReadOnlySpan<byte> rest = bytes[offset..];
        if (rest.StartsWith("NaN"u8) || rest.StartsWith("Infinity"u8) || rest.StartsWith("-Infinity"u8))
        {
            return new InvalidDataException(
                $"{place}: the bare word {(rest[0] == (byte)'N' ? "NaN" : "Infinity")} is not JSON (Python writes it, the standard forbids it); a number is expected",
                e
            );
        }

        return new InvalidDataException($"{place}: not JSON ({e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.')})", e);
    }

    /// <summary>The item of a list in which reading ends, -1 where the top is no list, and whether the text ended before the JSON did.</summary>
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

            return (item, true);
        }
        catch (JsonException)
        {
            return (item, false);
        }
    }
}
