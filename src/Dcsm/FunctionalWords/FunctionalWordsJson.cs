using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Json;

namespace Dcsm.FunctionalWords;

/// <summary>Functional words in JSON: files of <c>functional-rows/</c>, and the field <c>words</c> of a head.</summary>
internal static class FunctionalWordsJson
{
    internal static FunctionalWordList Parse(ReadOnlySpan<byte> utf8, string source)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{source}: not valid JSON: {e.Message}", e);
        }
        var file = new JsonFields(source, "", root);
        file.AllowOnly("name", "description", "words");
        file.OptionalString("description");
        return Read(file.String("name"), file.Array("words"), file, "words");
    }

    /// <summary>Reads the entries of a list from an array.</summary>
    internal static FunctionalWordList Read(string name, JsonArray entries, JsonFields within, string field)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw within.Wrong("name", "is empty; a name of the list is meant");
        var words = new List<FunctionalWord>();
        for (int row = 0; row < entries.Count; row++)
        {
            var entry = new JsonFields(within.Source, within.PathOf($"{field}[{row}]"), entries[row]);
            entry.AllowOnly("word", "forms");
            string word = entry.String("word");
            var forms = new List<string> { word };
            if (entry.Has("forms"))
            {
                JsonArray given = entry.Array("forms");
                for (int i = 0; i < given.Count; i++)
                {
                    forms.Add(
                        given[i] is JsonValue value && value.TryGetValue<string>(out string? form)
                            ? form
                            : throw entry.Wrong($"forms[{i}]", "is not a string")
                    );
                }
            }
            words.Add(new FunctionalWord(word, forms));
        }
        return FunctionalWordRules.Check(words) is { } wrong ? throw within.Wrong(field, wrong) : new FunctionalWordList(name, words);
    }

    internal static JsonArray Write(FunctionalWordList words)
    {
        var entries = new JsonArray();
        foreach ((string? word, IReadOnlyList<string>? forms) in words.Entries)
        {
            var entry = new JsonObject { ["word"] = word };
            if (forms.Count > 1)
                entry["forms"] = new JsonArray([.. forms.Skip(1).Select(form => (JsonNode)form)]);
            entries.Add((JsonNode)entry);
        }
        return entries;
    }
}
