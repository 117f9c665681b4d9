using System.Text;
using System.Text.Json;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>JSON as Python writes it: NaN and Infinity may stand where the standard has numbers only.</summary>
internal static class LenientJson
{
    /// <exception cref="InvalidDataException">It is not JSON; the message has the file, and the place.</exception>
    public static JsonElement Read(string path)
    {
        string text = Quoted(File.ReadAllText(path));
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>A number, quoted NaN and infinities too; null for anything else.</summary>
    public static double? Number(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Number => element.GetDouble(),
            JsonValueKind.Null => double.NaN,
            JsonValueKind.String => element.GetString() switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => null,
            },
            _ => null,
        };

    private static string Quoted(string text)
    {
        StringBuilder quoted = new(text.Length + 16);
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (inString)
            {
                quoted.Append(text[i]);
                if (text[i] == '\\' && i + 1 < text.Length)
                    quoted.Append(text[++i]);
                else if (text[i] == '"')
                    inString = false;
                continue;
            }

            inString = text[i] == '"';
            string? word = ((string[])["NaN", "-Infinity", "Infinity"]).FirstOrDefault(w =>
                string.CompareOrdinal(text, i, w, 0, w.Length) == 0
            );
            if (word is null)
            {
                quoted.Append(text[i]);
            }
            else
            {
                quoted.Append('"').Append(word).Append('"');
                i += word.Length - 1;
            }
        }

        return quoted.ToString();
    }
}
