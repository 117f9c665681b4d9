using System.Text.Json;

namespace Dcsm.IO.Json;

/// <summary>Escapes of half a character, which JSON allows and no text can hold; looking a field up fails on them.</summary>
internal static class JsonTexts
{
    /// <summary>Refuses names of fields that are no texts.</summary>
    /// <param name="utf8">A document, or a part of one.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <param name="source">What errors begin with.</param>
    /// <param name="options">What is allowed beyond the standard.</param>
    /// <param name="withValues">Whether texts that are values are refused, too; else whoever asks for one says so.</param>
    public static void Check(ReadOnlySpan<byte> utf8, string source, JsonDocumentOptions options = default, bool withValues = false)
    {
        if (utf8.IndexOf("\\ud"u8) < 0 && utf8.IndexOf("\\uD"u8) < 0)
            return;
        var reader = new Utf8JsonReader(
            utf8,
            new JsonReaderOptions
            {
                AllowTrailingCommas = options.AllowTrailingCommas,
                CommentHandling = options.CommentHandling,
                MaxDepth = options.MaxDepth,
            }
        );
        while (reader.Read())
        {
            bool isLookedAt = reader.TokenType == JsonTokenType.PropertyName || (withValues && reader.TokenType == JsonTokenType.String);
            if (!isLookedAt || !reader.ValueIsEscaped)
                continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException e)
            {
                string what = reader.TokenType == JsonTokenType.PropertyName ? "name" : "text";
                int line = utf8[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
                throw new InvalidDataException($"{source}: a {what} in line {line} of it has an escape that is half a character", e);
            }
        }
    }
}
