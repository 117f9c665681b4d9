using System.Globalization;
using System.Text.Json;

namespace Dcsm.IO.Json;

/// <summary>A value of a JSON file and where it stands, for errors.</summary>
public readonly record struct JsonField(JsonElement Element, string Place)
{
    /// <summary>What it is, in words.</summary>
    public string Found =>
        Element.ValueKind switch
        {
            JsonValueKind.Object =>
                $"an object with the fields {string.Join(", ", Element.EnumerateObject().Take(12).Select(property => property.Name))}",
            JsonValueKind.Array => $"a list of {Element.GetArrayLength()}",
            JsonValueKind.String => $"the text '{Element}'",
            JsonValueKind.Number => $"the number {Element.GetRawText()}",
            JsonValueKind.True or JsonValueKind.False => Element.GetRawText(),
            _ => "null",
        };

    public bool Has(string name) => Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out _);

    public JsonField Field(string name)
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"{Place}: an object with the field {name} is expected, found {Found}");
        return Element.TryGetProperty(name, out JsonElement value)
            ? new JsonField(value, $"{Place}, field {name}")
            : throw new InvalidDataException(
                $"{Place}: the field {name} is missing; found {string.Join(", ", Element.EnumerateObject().Select(property => property.Name))}"
            );
    }

    /// <summary>A text with something in it, as it stands.</summary>
    public string Text()
    {
        if (Element.ValueKind != JsonValueKind.String)
            throw new InvalidDataException($"{Place}: a text is expected, found {Found}");
        string value;
        try
        {
            value = Element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"{Place}: the text has an escape that is half a character", e);
        }

        return string.IsNullOrWhiteSpace(value) ? throw new InvalidDataException($"{Place}: the text is empty") : value;
    }

    public double Number()
    {
        if (Element.ValueKind != JsonValueKind.Number)
            throw new InvalidDataException($"{Place}: a number is expected, found {Found}");
        double value = Element.GetDouble();
        return double.IsFinite(value) ? value : throw new InvalidDataException($"{Place}: {Element.GetRawText()} is too large a number");
    }

    /// <summary>A whole number or a text, as text: a key of a picture.</summary>
    public string Key() =>
        Element.ValueKind switch
        {
            JsonValueKind.Number when Element.TryGetInt64(out long value) => value.ToString(CultureInfo.InvariantCulture),
            JsonValueKind.String => Text(),
            _ => throw new InvalidDataException($"{Place}: a whole number or a text is expected, found {Found}"),
        };

    public IReadOnlyList<JsonField> List()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"{Place}: a list is expected, found {Found}");
        string place = Place;
        return [.. Element.EnumerateArray().Select((element, i) => new JsonField(element, $"{place}, position {i}"))];
    }

    /// <summary>A list of texts.</summary>
    /// <param name="count">How many are expected; at least one where null.</param>
    public IReadOnlyList<string> Texts(int? count = null)
    {
        IReadOnlyList<JsonField> list = List();
        if (count is { } expected && list.Count != expected)
            throw new InvalidDataException($"{Place}: expected {expected} texts, found {list.Count}");
        return list.Count > 0 ? [.. list.Select(field => field.Text())] : throw new InvalidDataException($"{Place}: the list is empty");
    }
}
