using System.Text.Json;

namespace Dcsm.IO.Json;

/// <summary>A JSON file's values with messages that name file and place.</summary>
public sealed class JsonFile
{
    private readonly string _name;
    private readonly string _place;
    private readonly JsonElement _element;

    private JsonFile(string name, string place, JsonElement element) => (_name, _place, _element) = (name, place, element);

    /// <summary>The value itself.</summary>
    public JsonElement Element => _element;

    public static JsonFile Load(string path) => Parse(File.ReadAllBytes(path), path);

    public static JsonFile Parse(ReadOnlyMemory<byte> utf8, string name)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 64 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{name}: expected a JSON object, found {Describe(document.RootElement)}.");
            return new JsonFile(name, "", document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}: not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>An object inside this one; null where it is missing or null.</summary>
    public JsonFile? Object(string key)
    {
        if (!TryGet(key, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? new JsonFile(_name, $"{_place}{key}.", value)
            : throw Wrong(key, value, "an object");
    }

    /// <summary>The value of a key; false where it is missing or null.</summary>
    public bool TryGet(string key, out JsonElement value) =>
        _element.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;

    public int Positive(string key, int missing) => Integer(key, missing, 1, "a positive whole number");

    public int NotNegative(string key, int missing) => Integer(key, missing, 0, "a whole number from 0");

    public double Number(string key, double missing)
    {
        if (!TryGet(key, out JsonElement value))
            return missing;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Wrong(key, value, "a number");
    }

    public bool Flag(string key, bool missing)
    {
        if (!TryGet(key, out JsonElement value))
            return missing;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(key, value, "true or false");
    }

    public string? Text(string key)
    {
        if (!TryGet(key, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, value, "a string");
    }

    public InvalidDataException Wrong(string key, JsonElement value, string expected) =>
        new($"{_name}: {_place}{key} is {Describe(value)}; expected {expected}.");

    public InvalidDataException Wrong(string message) => new($"{_name}: {message}");

    private int Integer(string key, int missing, int least, string expected)
    {
        if (!TryGet(key, out JsonElement value))
            return missing;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least
            ? number
            : throw Wrong(key, value, expected);
    }

    private static string Describe(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
    }
}
