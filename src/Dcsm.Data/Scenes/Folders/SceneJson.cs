using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dcsm.IO.Json;

namespace Dcsm.Data.Scenes.Folders;

/// <summary>A <see cref="SceneRecord"/> as a line of JSON.</summary>
internal static class SceneJson
{
    // Of CLIP's 77 tokens none is longer than some dozens.
    private const int LongestCaption = 10_000;

    private static readonly (string Name, SceneKind Value)[] Kinds = [.. SceneNames.Kinds.Select((name, i) => (name, (SceneKind)i))];
    private static readonly (string Name, SplitPart Value)[] Parts = [.. SceneNames.Parts.Select((name, i) => (name, (SplitPart)i))];

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
    /// <exception cref="InvalidDataException">A field is missing or wrong; the message names its place.</exception>
    public static SceneRecord Read(JsonField line)
    {
        JsonField background = line.Field("background_seed");
        return new SceneRecord(
            line.Field("kind").OneOf(Kinds),
            line.Field("part").OneOf(Parts),
            line.Field("seed").Whole(0UL),
            line.Field("index").Whole(long.MinValue),
            line.Field("image").Text(),
            line.Field("opposite_image").Text(),
            line.Field("image_size").Whole(1),
            ulong.TryParse(background.String(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong backgroundSeed)
                ? backgroundSeed
                : throw background.Expected("16 hexadecimal digits"),
            ReadTexts(line.Field("captions")),
            ReadTexts(line.Field("opposite_captions")),
            ReadObjects(line.Field("objects")),
            ReadObjects(line.Field("opposite_objects"))
        );
    }

    private static IReadOnlyList<string> ReadTexts(JsonField field)
    {
        IReadOnlyList<string> texts = field.Texts(2);
        return texts.FirstOrDefault(text => text.Length > LongestCaption) is { } text
            ? throw field.Wrong($"a caption has {text.Length} characters; at most {LongestCaption} are read")
            : texts;
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

    private static SceneRecordObject[] ReadObjects(JsonField objects) =>
        [
            .. objects
                .List()
                .Select(item =>
                {
                    float[] box = item.Field("box").Singles(4);
                    float[] center = item.Field("center").Singles(2);
                    JsonField color = item.Field("color");
                    JsonField size = item.Field("size");
                    return new SceneRecordObject(
                        item.Field("name").Text(),
                        new SceneBox(box[0], box[1], box[2], box[3]),
                        color.Kind == JsonValueKind.Null ? null
                            : color.Kind == JsonValueKind.String && SceneColors.IndexOf(color.String()) != SceneColors.None ? color.String()
                            : throw color.Expected($"null or one of {string.Join(", ", SceneColors.Names)}"),
                        center[0],
                        center[1],
                        size.Single() is var value && value > 0 ? value : throw size.Expected("a number above 0"),
                        item.Field("mirrored").Flag()
                    );
                }),
        ];
}
