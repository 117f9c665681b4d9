using System.Text.Json;

namespace Dcsm.IO.Json;

/// <summary>Goes through the lists of a large file item by item: hundreds of megabytes are never held as a document.</summary>
public static class JsonItems
{
    /// <summary>Reads lists of the object at the top of a file.</summary>
    /// <param name="utf8">The file's content.</param>
    /// <param name="path">The file.</param>
    /// <param name="lists">What to do with the items of each list; all of these lists have to be there.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">It is not JSON, no object, or lacks a list; the message says where.</exception>
    public static void Read(
        ReadOnlySpan<byte> utf8,
        string path,
        IReadOnlyDictionary<string, Action<JsonField>> lists,
        CancellationToken cancellationToken
    )
    {
        var missing = lists.Keys.ToHashSet(StringComparer.Ordinal);
        try
        {
            JsonTexts.Check(utf8, path);
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new InvalidDataException($"{path}: expected an object with the lists {string.Join(", ", lists.Keys)}");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                if (!lists.TryGetValue(name, out Action<JsonField>? take))
                {
                    reader.Skip();
                    continue;
                }

                missing.Remove(name);
                Take(ref reader, $"{path}, {name}", take, cancellationToken);
            }

            ReadToEnd(ref reader);
        }
        catch (JsonException e)
        {
            throw JsonErrors.Broken(utf8, path, e);
        }

        if (missing.Count > 0)
            throw new InvalidDataException($"{path}: the list {missing.Order(StringComparer.Ordinal).First()} is missing");
    }

    /// <summary>Reads the list at the top of a file.</summary>
    /// <param name="utf8">The file's content.</param>
    /// <param name="path">The file.</param>
    /// <param name="take">What to do with each item.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">It is not JSON, or no list; the message says where.</exception>
    public static void Read(ReadOnlySpan<byte> utf8, string path, Action<JsonField> take, CancellationToken cancellationToken)
    {
        try
        {
            JsonTexts.Check(utf8, path);
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            Take(ref reader, path, take, cancellationToken);
            ReadToEnd(ref reader);
        }
        catch (JsonException e)
        {
            throw JsonErrors.Broken(utf8, path, e);
        }
    }

    private static void Take(ref Utf8JsonReader reader, string place, Action<JsonField> take, CancellationToken cancellationToken)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonField(JsonElement.ParseValue(ref reader), place).Expected("a list");
        var list = new JsonPlace(place);
        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i % 1024 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            take(new JsonField(JsonElement.ParseValue(ref reader), new JsonPlace(list, i)));
        }
    }

    // So that a torn or a longer file is seen.
    private static void ReadToEnd(ref Utf8JsonReader reader)
    {
        while (reader.Read()) { }
    }
}
