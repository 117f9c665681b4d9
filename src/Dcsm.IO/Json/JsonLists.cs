using System.Globalization;
using System.Text.Json;
using Dcsm.IO.Files;

namespace Dcsm.IO.Json;

/// <summary>Goes through the lists of a large annotation file item by item: hundreds of megabytes are never held as a document.</summary>
public static class JsonLists
{
    /// <summary>Reads the lists of an object at the top of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="lists">What to do with the items of each list; all of these lists have to be there.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static void Read(AnnotationFile file, IReadOnlyDictionary<string, Action<JsonField>> lists, CancellationToken cancellationToken)
    {
        var missing = lists.Keys.ToHashSet(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(file.Bytes);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new InvalidDataException(
                    $"{file.Path}: an object with the lists {string.Join(", ", lists.Keys)} is expected at the top of the file"
                );
            }

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
                if (reader.TokenType != JsonTokenType.StartArray)
                    throw new InvalidDataException($"{file.Path}, field {name}: a list is expected");
                Items(ref reader, $"{file.Path}, {name}, item index ", take, cancellationToken);
            }

            while (reader.Read())
            {
                // To the end, so that a torn or a longer file is seen.
            }
        }
        catch (JsonException e)
        {
            throw JsonAnnotation.Broken(file, e);
        }

        if (missing.Count > 0)
            throw new InvalidDataException($"{file.Path}: the list {missing.Order(StringComparer.Ordinal).First()} is missing");
    }

    /// <summary>Reads the list at the top of a file.</summary>
    public static void Read(AnnotationFile file, Action<JsonField> take, CancellationToken cancellationToken)
    {
        try
        {
            var reader = new Utf8JsonReader(file.Bytes);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new InvalidDataException($"{file.Path}: a list is expected at the top of the file");
            Items(ref reader, $"{file.Path}, item index ", take, cancellationToken);
            while (reader.Read())
            {
                // As above.
            }
        }
        catch (JsonException e)
        {
            throw JsonAnnotation.Broken(file, e);
        }
    }

    private static void Items(ref Utf8JsonReader reader, string place, Action<JsonField> take, CancellationToken cancellationToken)
    {
        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i % 1024 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            take(new JsonField(JsonElement.ParseValue(ref reader), place + i.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
