using System.Text.Json.Nodes;

namespace Dcsm.IO.Json;

/// <summary>Reads the fields of a JSON object; every error names the file and the field.</summary>
public sealed class JsonFields
{
    private readonly string _path;
    private readonly JsonObject _fields;

    public JsonFields(string source, string path, JsonNode? node)
    {
        Source = source;
        _path = path;
        _fields =
            node as JsonObject
            ?? throw new InvalidDataException($"{source}: {(path.Length == 0 ? "the file" : path)} is not a JSON object.");
    }

    public string Source { get; }

    public bool Has(string field) => _fields.ContainsKey(field);

    public string PathOf(string field) => _path.Length == 0 ? field : $"{_path}.{field}";

    public InvalidDataException Wrong(string field, string what) =>
        new($"{Source}: {PathOf(field)}{(what.StartsWith("entry ", StringComparison.Ordinal) ? ": " : " ")}{what.TrimEnd('.')}.");

    public void AllowOnly(params ReadOnlySpan<string> known)
    {
        foreach ((string field, JsonNode? _) in _fields)
        {
            if (!known.Contains(field))
                throw Wrong(field, $"is not a field of this format; known are {string.Join(", ", known)}");
        }
    }

    public string String(string field) => OptionalString(field) ?? throw Missing(field);

    public string? OptionalString(string field)
    {
        if (!_fields.TryGetPropertyValue(field, out JsonNode? node))
            return null;
        return node is JsonValue value && value.TryGetValue<string>(out string? text)
            ? text
            : throw Wrong(field, $"is {Shown(node)}; a string is meant");
    }

    public int? OptionalInteger(string field)
    {
        if (!_fields.TryGetPropertyValue(field, out JsonNode? node))
            return null;
        return node is JsonValue value && value.TryGetValue<int>(out int number)
            ? number
            : throw Wrong(field, $"is {Shown(node)}; a whole number is meant");
    }

    public int Positive(string field)
    {
        if (!_fields.TryGetPropertyValue(field, out JsonNode? node))
            throw Missing(field);
        return node is JsonValue value && value.TryGetValue<int>(out int number) && number > 0
            ? number
            : throw Wrong(field, $"is {Shown(node)}; a whole number above 0 is meant");
    }

    public T OneOf<T>(string field, IReadOnlyList<(string Name, T Value)> known)
    {
        string text = String(field);
        foreach ((string? name, T? value) in known)
        {
            if (string.Equals(name, text, StringComparison.Ordinal))
                return value;
        }
        throw Wrong(field, $"is '{text}'; known are {string.Join(", ", known.Select(one => $"'{one.Name}'"))}");
    }

    public JsonArray Array(string field)
    {
        if (!_fields.TryGetPropertyValue(field, out JsonNode? node))
            throw Missing(field);
        return node as JsonArray ?? throw Wrong(field, $"is {Shown(node)}; an array is meant");
    }

    /// <summary>A copy of a free-form object; empty if the field is absent.</summary>
    public JsonObject OptionalObject(string field)
    {
        if (!_fields.TryGetPropertyValue(field, out JsonNode? node))
            return [];
        return node is JsonObject found ? found.DeepClone().AsObject() : throw Wrong(field, $"is {Shown(node)}; an object is meant");
    }

    private InvalidDataException Missing(string field) => new($"{Source}: field {PathOf(field)} is missing.");

    private static string Shown(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length <= 60 ? text : text[..57] + "...";
    }
}
