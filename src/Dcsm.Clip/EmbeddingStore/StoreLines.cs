using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
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

    public static void Write(Utf8JsonWriter json, (TokenizedText Text, string Caption, bool PooledTruncated) encoded)
    {
        TokenizedText text = encoded.Text;
        json.WriteStartObject();
        json.WriteString("caption", encoded.Caption);
        if (text.Text != encoded.Caption)
            json.WriteString("encoded_as", text.Text);
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
        if (encoded.PooledTruncated)
            json.WriteBoolean("pooled_truncated", true);
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

    /// <summary>What a list is known by: each item with its length before it, so that no two lists run into the same bytes.</summary>
    public static string Digest(IEnumerable<string> items)
    {
        using var digest = new Sha256Digest();
        foreach (string item in items)
            Append(digest, item);
        return digest.Finish();
    }

    /// <summary>Adds an item to the digest of a list.</summary>
    public static void Append(Sha256Digest digest, string item)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(item);
        digest.Append(BitConverter.GetBytes(bytes.Length));
        digest.Append(bytes);
    }

    public static string Plain(StoredPair pair) => FormattableString.Invariant($"{pair.Row} {pair.Image} {pair.Caption}");

    /// <summary>Whether an index is of the captions that a digest tells of.</summary>
    public static bool IsOf(LineIndex captions, int count, string digest)
    {
        (string First, string? Second)[] lines =
        [
            .. Enumerable.Range(0, count).Select(line => captions.Beginning(line, ("caption", "encoded_as"))),
        ];
        IEnumerable<string> written = lines.Select(line => line.First);
        // A store tells the words in which captions are encoded where any might be others.
        return (lines.All(line => line.Second is null) && Digest(written) == digest)
            || Digest(written.Concat(lines.Select(line => line.Second ?? line.First))) == digest;
    }

    public static StoredImage Image(JsonField line)
    {
        long length = line.Field("bytes").Whole(0L);
        JsonField modified = line.Field("modified");
        return DateTime.TryParseExact(modified.String(), "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime time)
            ? new StoredImage(line.Field("image").String(), line.Field("sha256").String(), length, time)
            : throw modified.Expected("a time");
    }

    public static string Caption(JsonField line) => line.Field("caption").String();

    /// <summary>The words in which a caption was encoded.</summary>
    public static string EncodedCaption(JsonField line) => line.Optional("encoded_as")?.String() ?? Caption(line);

    /// <summary>Whether a caption has more tokens than were encoded.</summary>
    public static bool Truncated(JsonField line) => line.Optional("truncated")?.Flag() ?? false;

    /// <summary>Whether a caption has more tokens than CLIP's context.</summary>
    public static bool PooledTruncated(JsonField line) => line.Optional("pooled_truncated")?.Flag() ?? false;

    public static TokenizedText Text(JsonField line, int tokens)
    {
        string text = EncodedCaption(line);
        int[] ids = line.Field("ids").Integers(tokens);
        int[] places = line.Field("offsets").Integers(2 * tokens);
        var offsets = new TextRange[tokens];
        for (int i = 0; i < tokens; i++)
        {
            offsets[i] = new TextRange(places[2 * i], places[(2 * i) + 1]);
            if (offsets[i].Start > text.Length - offsets[i].Length)
            {
                throw line.Field("offsets")
                    .Wrong($"token {i} ends at character {(long)offsets[i].Start + offsets[i].Length}; the caption has {text.Length}");
            }
        }
        int length = line.Field("length").Whole(0, tokens);
        return new TokenizedText(text, ids, offsets, length, Truncated(line));
    }

    public static StoredPair Pair(JsonField line, int images, int captions) =>
        new(line.Optional("row")?.Whole(0) ?? 0, line.Field("image").Whole(0, images - 1), line.Field("caption").Whole(0, captions - 1));
}
