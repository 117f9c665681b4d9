using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Json;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>The lines of a store's indices.</summary>
internal static class StoreLines
{
    public static void Write(Utf8JsonWriter json, StoredImage image)
    {
        json.WriteStartObject();
        json.WriteString("image", image.Name);
        json.WriteString("sha256", image.Sha256);
        json.WriteNumber("bytes", image.FileLength);
        json.WriteString("modified", image.Modified.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, TokenizedText text)
    {
        json.WriteStartObject();
        json.WriteString("caption", text.Text);
        json.WriteStartArray("ids");
        foreach (int id in text.Ids)
            json.WriteNumberValue(id);
        json.WriteEndArray();
        json.WriteStartArray("offsets");
        foreach (TextRange range in text.Offsets)
        {
            json.WriteNumberValue(range.Start);
            json.WriteNumberValue(range.Length);
        }
        json.WriteEndArray();
        json.WriteNumber("length", text.Length);
        json.WriteBoolean("truncated", text.Truncated);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, StoredPair pair)
    {
        json.WriteStartObject();
        json.WriteNumber("row", pair.Row);
        json.WriteNumber("image", pair.Image);
        json.WriteNumber("caption", pair.Caption);
        json.WriteEndObject();
    }

    /// <summary>Items as lines.</summary>
    public static ReadOnlyMemory<byte> Join<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        foreach (T? item in items)
        {
            write(json, item);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
        }
        return buffer.WrittenMemory;
    }

    public static StoredImage Image(JsonFile line)
    {
        if (
            !line.TryGet("bytes", out JsonElement bytes)
            || bytes.ValueKind != JsonValueKind.Number
            || !bytes.TryGetInt64(out long length)
            || length < 0
        )
        {
            throw line.Wrong("bytes is not a whole number from 0.");
        }

        string modified = Text(line, "modified");
        return DateTime.TryParseExact(modified, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime time)
            ? new StoredImage(Text(line, "image"), Text(line, "sha256"), length, time)
            : throw line.Wrong($"modified is '{modified}', which is no time.");
    }

    public static string Caption(JsonFile line) => Text(line, "caption");

    public static TokenizedText Text(JsonFile line, int tokens)
    {
        string text = Caption(line);
        int[] ids = Numbers(line, "ids", tokens);
        int[] places = Numbers(line, "offsets", 2 * tokens);
        var offsets = new TextRange[tokens];
        for (int i = 0; i < tokens; i++)
        {
            offsets[i] = new TextRange(places[2 * i], places[(2 * i) + 1]);
            if (offsets[i].Start > text.Length - offsets[i].Length)
            {
                throw line.Wrong(
                    $"offsets: token {i} ends at character {(long)offsets[i].Start + offsets[i].Length}; the caption has {text.Length}."
                );
            }
        }
        int length = line.NotNegative("length", -1);
        return length >= 0 && length <= tokens
            ? new TokenizedText(text, ids, offsets, length, line.Flag("truncated", false))
            : throw line.Wrong($"length is not from 0 to {tokens}.");
    }

    public static StoredPair Pair(JsonFile line, int images, int captions)
    {
        return new StoredPair(line.NotNegative("row", 0), Number("image", images), Number("caption", captions));

        int Number(string key, int count)
        {
            int number = line.NotNegative(key, -1);
            return number >= 0 && number < count ? number : throw line.Wrong($"{key} is {number}; there are {count}, numbered from 0.");
        }
    }

    private static string Text(JsonFile line, string key) => line.Text(key) ?? throw line.Wrong($"{key} is missing.");

    private static int[] Numbers(JsonFile line, string key, int count)
    {
        if (!line.TryGet(key, out JsonElement array) || array.ValueKind != JsonValueKind.Array || array.GetArrayLength() != count)
            throw line.Wrong($"{key} is not an array of {count} numbers.");
        int[] numbers = new int[count];
        int next = 0;
        foreach (JsonElement element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out numbers[next++]) || numbers[next - 1] < 0)
                throw line.Wrong($"{key} must hold whole numbers from 0.");
        }
        return numbers;
    }
}
