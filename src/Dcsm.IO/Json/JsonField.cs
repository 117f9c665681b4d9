using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Files;

namespace Dcsm.IO.Json;

/// <summary>
/// A value of a JSON document and where it stands. What reads it throws an <see cref="InvalidDataException"/> that names the file, its line
/// or item, and the field, says what is expected, and what was found. May be shared by threads.
/// </summary>
public readonly struct JsonField
{
    private readonly JsonPlace _place;

    internal JsonField(JsonElement element, JsonPlace place) => (Element, _place) = (element, place);

    /// <summary>A value of which its place is known in words.</summary>
    /// <param name="element">The value.</param>
    /// <param name="place">What errors begin with.</param>
    public JsonField(JsonElement element, string place)
        : this(element, new JsonPlace(place)) { }

    /// <summary>The value itself.</summary>
    public JsonElement Element { get; }

    /// <summary>What it is: an object, a list, a text, …</summary>
    public JsonValueKind Kind => Element.ValueKind;

    /// <summary>Where it stands: "file, line 3, field a.b[2]".</summary>
    public string Place => _place.ToString();

    /// <summary>Its name in the object that it is a field of; empty for anything else.</summary>
    public string Name => _place.Name ?? "";

    /// <summary>What it is, in words or as it is written.</summary>
    public string Found
    {
        get
        {
            if (Kind == JsonValueKind.Object)
            {
                string names = FieldNames();
                return names.Length > 0 ? $"an object with the fields {names}" : "an object without fields";
            }

            string text = Kind == JsonValueKind.Undefined ? "nothing" : Element.GetRawText().ReplaceLineEndings(" ");
            return Excerpt.Of(text);
        }
    }

    /// <summary>Reads a file of UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is allowed beyond the standard.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not JSON; the message says where.</exception>
    public static JsonField Load(string path, JsonDocumentOptions options = default) => Parse(Utf8File.Read(path), path, options);

    /// <summary>
    /// Reads a file that Python wrote, whose bare NaN and Infinity are taken for texts: they are no reason to refuse a file, but none
    /// of the numbers that may be asked for.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not JSON; the message says where.</exception>
    public static JsonField LoadFromPython(string path) =>
        Parse(PythonNumbers.AsTexts(Utf8File.Read(path, Utf8File.MostOfDescription)), path);

    /// <summary>Reads a document.</summary>
    /// <param name="utf8">The document; copied.</param>
    /// <param name="source">What errors call it: the file.</param>
    /// <param name="options">What is allowed beyond the standard.</param>
    /// <exception cref="InvalidDataException">It is not JSON; the message says where.</exception>
    public static JsonField Parse(ReadOnlySpan<byte> utf8, string source, JsonDocumentOptions options = default)
    {
        utf8 = Utf8File.Check(utf8, source);
        try
        {
            // Before it is parsed: to compare names the parser makes texts of them.
            JsonTexts.Check(utf8, source, options);
            return new JsonField(JsonElement.Parse(utf8, options), new JsonPlace(source));
        }
        catch (JsonException e)
        {
            throw JsonErrors.Broken(utf8, source, e);
        }
    }

    /// <summary>The error of a value that is something else than it should be.</summary>
    /// <param name="expected">What it should be, as in "a whole number".</param>
    public InvalidDataException Expected(string expected) => Wrong($"expected {expected}, found {Found}");

    /// <summary>An error at this place.</summary>
    /// <param name="message">What is wrong.</param>
    public InvalidDataException Wrong(string message) => new($"{Place}: {message}");

    /// <summary>Whether it is an object that has a field, which may be null.</summary>
    public bool Has(string name) => Kind == JsonValueKind.Object && Element.TryGetProperty(name, out _);

    /// <summary>A field that has to be there.</summary>
    public JsonField Field(string name)
    {
        if (Kind != JsonValueKind.Object)
            throw Expected($"an object with the field {name}");
        if (Element.TryGetProperty(name, out JsonElement value))
            return new JsonField(value, new JsonPlace(_place, name));
        throw Wrong($"the field {name} is missing; found {(FieldNames() is { Length: > 0 } names ? names : "none")}");
    }

    private string FieldNames() => Excerpt.Of(Element.EnumerateObject().Select(property => property.Name));

    /// <summary>A field that may be missing: null where it is, and where it is null.</summary>
    public JsonField? Optional(string name)
    {
        if (Kind != JsonValueKind.Object)
            throw Expected("an object");
        return Element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? new JsonField(value, new JsonPlace(_place, name))
            : null;
    }

    /// <summary>All fields of an object, in their order.</summary>
    public IEnumerable<JsonField> Fields()
    {
        JsonPlace place = _place;
        return Object().Element.EnumerateObject().Select(property => new JsonField(property.Value, new JsonPlace(place, property.Name)));
    }

    /// <summary>Refuses fields of other names, so that a misspelt one is not passed over.</summary>
    public void AllowOnly(params ReadOnlySpan<string> known)
    {
        foreach (JsonField field in Fields())
        {
            if (!known.Contains(field.Name))
                throw field.Wrong($"not a field of this format; known are {string.Join(", ", known)}");
        }
    }

    /// <summary>The value itself, which has to be an object.</summary>
    public JsonField Object() => Kind == JsonValueKind.Object ? this : throw Expected("an object");

    /// <summary>A copy of an object of any fields, to be changed and written.</summary>
    /// <exception cref="InvalidDataException">It is no object, or a text in it has an escape that is half a character.</exception>
    public JsonObject ToNode()
    {
        JsonTexts.Check(Encoding.UTF8.GetBytes(Object().Element.GetRawText()), Place, withValues: true);
        return JsonObject.Create(Element)!;
    }

    /// <summary>A text, which may be empty.</summary>
    public string String()
    {
        if (Kind != JsonValueKind.String)
            throw Expected("a text");
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"{Place}: the text has an escape that is half a character", e);
        }
    }

    /// <summary>A text with something in it, as it stands.</summary>
    public string Text()
    {
        string value = String();
        return string.IsNullOrWhiteSpace(value) ? throw Wrong("the text is empty") : value;
    }

    /// <summary>A finite number.</summary>
    public double Number() =>
        Kind == JsonValueKind.Number && Element.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw Expected("a number");

    /// <summary>A finite number in single precision.</summary>
    public float Single() =>
        Kind == JsonValueKind.Number && Element.TryGetSingle(out float value) && float.IsFinite(value) ? value : throw Expected("a number");

    /// <summary>A whole number that is not too small.</summary>
    /// <param name="least">The smallest that is allowed; of the type that is wanted.</param>
    public T Whole<T>(T least)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> =>
        Whole(
            least,
            T.MaxValue,
            least == T.One ? "a positive whole number"
                : least == T.MinValue && T.IsNegative(least) ? "a whole number"
                : $"a whole number from {least}"
        );

    /// <summary>A whole number within bounds.</summary>
    /// <param name="least">The smallest that is allowed.</param>
    /// <param name="most">The largest that is allowed.</param>
    public T Whole<T>(T least, T most)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => Whole(least, most, $"a whole number from {least} to {most}");

    /// <summary>True or false.</summary>
    public bool Flag() => Kind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Expected("true or false");

    /// <summary>A whole number or a text, as text: a key of a picture.</summary>
    public string Key() =>
        Kind switch
        {
            JsonValueKind.Number when Element.TryGetInt64(out long value) => value.ToString(CultureInfo.InvariantCulture),
            JsonValueKind.String => Text(),
            _ => throw Expected("a whole number or a text"),
        };

    /// <summary>The value that a text names.</summary>
    /// <param name="known">The names that there are.</param>
    public T OneOf<T>(IReadOnlyList<(string Name, T Value)> known)
    {
        string text = Kind == JsonValueKind.String ? String() : "";
        foreach ((string name, T value) in known)
        {
            if (name == text)
                return value;
        }

        throw Expected($"one of {string.Join(", ", known.Select(one => $"'{one.Name}'"))}");
    }

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<JsonField> List()
    {
        if (Kind != JsonValueKind.Array)
            throw Expected("a list");
        var items = new JsonField[Element.GetArrayLength()];
        int i = 0;
        foreach (JsonElement element in Element.EnumerateArray())
            items[i] = new JsonField(element, new JsonPlace(_place, i++));
        return items;
    }

    /// <summary>The items of a list that is not empty.</summary>
    public IReadOnlyList<JsonField> Items() => List() is { Count: > 0 } items ? items : throw Wrong("the list has no items");

    /// <summary>A list of texts with something in them.</summary>
    /// <param name="count">How many are expected; at least one where null.</param>
    public IReadOnlyList<string> Texts(int? count = null)
    {
        IReadOnlyList<JsonField> list = List();
        if (count is { } expected && list.Count != expected)
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"expected {expected} texts, found {list.Count}"));
        return list.Count > 0 ? [.. list.Select(field => field.Text())] : throw Wrong("the list is empty");
    }

    /// <summary>A list of whole numbers from 0.</summary>
    /// <param name="count">How many are expected.</param>
    public int[] Integers(int count)
    {
        int[] numbers = new int[count];
        int i = 0;
        if (Kind == JsonValueKind.Array && Element.GetArrayLength() == count)
        {
            foreach (JsonElement item in Element.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out numbers[i]) || numbers[i] < 0)
                    break;
                i++;
            }
        }

        return Kind == JsonValueKind.Array && i == Element.GetArrayLength() && i == count
            ? numbers
            : throw Expected(string.Create(CultureInfo.InvariantCulture, $"a list of {count} whole numbers from 0"));
    }

    /// <summary>A list of finite numbers in single precision.</summary>
    /// <param name="count">How many are expected.</param>
    public float[] Singles(int count) =>
        Kind == JsonValueKind.Array && Element.GetArrayLength() == count
            ? [.. List().Select(field => field.Single())]
            : throw Expected(string.Create(CultureInfo.InvariantCulture, $"a list of {count} numbers"));

    private T Whole<T>(T least, T most, string expected)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Int128 number = Int128.MaxValue;
        if (Kind == JsonValueKind.Number)
        {
            if (Element.TryGetInt64(out long signed))
                number = signed;
            else if (Element.TryGetUInt64(out ulong unsigned))
                number = unsigned;
            else if (Element.TryGetDecimal(out decimal point) && decimal.IsInteger(point))
                number = (Int128)point; // 8.0, as Python writes what was once divided
        }

        return number >= Int128.CreateChecked(least) && number <= Int128.CreateChecked(most)
            ? T.CreateTruncating(number)
            : throw Expected(expected);
    }
}
