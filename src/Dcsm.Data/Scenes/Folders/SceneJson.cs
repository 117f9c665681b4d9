using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Dcsm.Data.Scenes.Folders;

/// <summary>A <see cref="SceneRecord"/> as a line of JSON.</summary>
internal static class SceneJson
{
    /// <summary>One object, no end of line.</summary>
    public static byte[] Write(SceneRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", SceneNames.Of(record.Kind));
            json.WriteString("part", SceneNames.Of(record.Part));
            json.WriteNumber("seed", record.Seed);
            json.WriteNumber("index", record.Index);
            json.WriteString("image", record.ImageFile);
            json.WriteString("opposite_image", record.OppositeFile);
            WriteTexts(json, "captions", record.Captions);
            WriteTexts(json, "opposite_captions", record.OppositeCaptions);
            json.WriteNumber("image_size", record.ImageSize);
            // As text: 64 bits are more than the doubles of many JSON readers hold.
            json.WriteString("background_seed", record.BackgroundSeed.ToString("x16", CultureInfo.InvariantCulture));
            WriteObjects(json, "objects", record.Objects);
            WriteObjects(json, "opposite_objects", record.OppositeObjects);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; unknown fields are skipped.</summary>
    /// <exception cref="InvalidDataException">A field is missing or wrong; the message begins with the field's name.</exception>
    public static SceneRecord Read(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"should be a JSON object, but is {Describe(line)}.");
        string kindName = ReadText(line, "kind");
        if (!SceneNames.TryParse(kindName, out SceneKind kind))
            throw new InvalidDataException($"'kind': unknown kind '{kindName}'; known are {string.Join(", ", SceneNames.Kinds)}.");
        string partName = ReadText(line, "part");
        if (!SceneNames.TryParse(partName, out SplitPart part))
            throw new InvalidDataException($"'part': unknown part '{partName}'; known are {string.Join(", ", SceneNames.Parts)}.");
        JsonElement seed = ReadField(line, "seed");
        JsonElement index = ReadField(line, "index");
        JsonElement imageSize = ReadField(line, "image_size");
        string background = ReadText(line, "background_seed");
        return new SceneRecord(
            kind,
            part,
            seed.ValueKind == JsonValueKind.Number && seed.TryGetUInt64(out ulong seedValue)
                ? seedValue
                : throw Wrong("seed", "a whole number from 0", seed),
            index.ValueKind == JsonValueKind.Number && index.TryGetInt64(out long indexValue)
                ? indexValue
                : throw Wrong("index", "a whole number", index),
            ReadText(line, "image"),
            ReadText(line, "opposite_image"),
            imageSize.ValueKind == JsonValueKind.Number && imageSize.TryGetInt32(out int size) && size > 0
                ? size
                : throw Wrong("image_size", "a positive whole number", imageSize),
            ulong.TryParse(background, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong backgroundSeed)
                ? backgroundSeed
                : throw new InvalidDataException($"'background_seed' should be 16 hexadecimal digits, but is '{background}'."),
            ReadTexts(line, "captions"),
            ReadTexts(line, "opposite_captions"),
            ReadObjects(line, "objects"),
            ReadObjects(line, "opposite_objects")
        );
    }

    private static void WriteTexts(Utf8JsonWriter json, string field, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(field);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteObjects(Utf8JsonWriter json, string field, IReadOnlyList<SceneRecordObject> objects)
    {
        json.WriteStartArray(field);
        foreach (SceneRecordObject item in objects)
        {
            json.WriteStartObject();
            json.WriteString("name", item.Name);
            WriteNumbers(json, "box", item.Box.Left, item.Box.Top, item.Box.Width, item.Box.Height);
            if (item.Color is null)
                json.WriteNull("color");
            else
                json.WriteString("color", item.Color);
            WriteNumbers(json, "center", item.CenterX, item.CenterY);
            json.WriteNumber("size", item.Size);
            json.WriteBoolean("mirrored", item.Mirrored);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string field, params ReadOnlySpan<float> numbers)
    {
        json.WriteStartArray(field);
        foreach (float number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static JsonElement ReadField(JsonElement owner, string field, string path = "") =>
        owner.TryGetProperty(field, out JsonElement value) ? value : throw new InvalidDataException($"'{path}{field}' is missing.");

    private static string ReadText(JsonElement owner, string field, string path = "")
    {
        JsonElement value = ReadField(owner, field, path);
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw Wrong(path + field, "a non-empty text", value);
    }

    private static string[] ReadTexts(JsonElement owner, string field)
    {
        JsonElement value = ReadField(owner, field);
        if (
            value.ValueKind != JsonValueKind.Array
            || value.GetArrayLength() != 2
            || value.EnumerateArray().Any(text => text.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(text.GetString()))
        )
        {
            throw Wrong(field, "a list of two non-empty texts", value);
        }

        return [.. value.EnumerateArray().Select(text => text.GetString()!)];
    }

    private static SceneRecordObject[] ReadObjects(JsonElement owner, string field)
    {
        JsonElement value = ReadField(owner, field);
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(field, "a list of objects", value);
        var objects = new SceneRecordObject[value.GetArrayLength()];
        for (int i = 0; i < objects.Length; i++)
        {
            JsonElement item = value[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"{field}[{i}].");
            if (item.ValueKind != JsonValueKind.Object)
                throw Wrong(path[..^1], "a JSON object", item);
            JsonElement color = ReadField(item, "color", path);
            if (
                color.ValueKind != JsonValueKind.Null
                && (color.ValueKind != JsonValueKind.String || SceneColors.IndexOf(color.GetString()!) == SceneColors.None)
            )
            {
                throw Wrong(path + "color", $"null or one of {string.Join(", ", SceneColors.Names)}", color);
            }

            JsonElement mirrored = ReadField(item, "mirrored", path);
            if (mirrored.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                throw Wrong(path + "mirrored", "true or false", mirrored);
            float[] box = ReadNumbers(item, "box", 4, path);
            float[] center = ReadNumbers(item, "center", 2, path);
            objects[i] = new SceneRecordObject(
                ReadText(item, "name", path),
                new SceneBox(box[0], box[1], box[2], box[3]),
                color.GetString(),
                center[0],
                center[1],
                TryReadNumber(ReadField(item, "size", path), out float size) && size > 0
                    ? size
                    : throw Wrong(path + "size", "a positive number", item.GetProperty("size")),
                mirrored.GetBoolean()
            );
        }

        return objects;
    }

    private static float[] ReadNumbers(JsonElement owner, string field, int count, string path)
    {
        JsonElement value = ReadField(owner, field, path);
        float[] numbers = new float[count];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != count)
            throw Wrong(path + field, $"a list of {count} numbers", value);
        for (int i = 0; i < count; i++)
        {
            if (!TryReadNumber(value[i], out numbers[i]))
                throw Wrong(path + field, $"a list of {count} numbers", value);
        }

        return numbers;
    }

    private static bool TryReadNumber(JsonElement value, out float number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out number) && float.IsFinite(number);
    }

    private static InvalidDataException Wrong(string field, string expected, JsonElement value) =>
        new($"'{field}' should be {expected}, but is {Describe(value)}.");

    private static string Describe(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : text[..57] + "...";
    }
}
