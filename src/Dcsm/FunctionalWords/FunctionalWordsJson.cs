using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Json;

namespace Dcsm.FunctionalWords;

/// <summary>Functional words in JSON: files of <c>functional-rows/</c>, and the field <c>words</c> of a head.</summary>
internal static class FunctionalWordsJson
{
    internal static FunctionalWordList Parse(ReadOnlySpan<byte> utf8, string source)
    {
        var file = JsonField.Parse(utf8, source, new JsonDocumentOptions { AllowDuplicateProperties = false });
        file.AllowOnly("name", "description", "words", "fillers");
        file.Optional("description")?.String();
        return Read(file.Field("name"), file.Field("words"), file.Optional("fillers"));
    }

    /// <summary>Reads a list.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="entries">Its words.</param>
    /// <param name="fillers">What says nothing; may be left out.</param>
    internal static FunctionalWordList Read(JsonField name, JsonField entries, JsonField? fillers)
    {
        var words = new List<FunctionalWord>();
        foreach (JsonField entry in entries.List())
        {
            entry.AllowOnly("word", "forms");
            string word = entry.Field("word").String();
            words.Add(new FunctionalWord(word, [word, .. entry.Optional("forms")?.List().Select(form => form.String()) ?? []]));
        }
        string[] empty = [.. fillers?.List().Select(filler => filler.String()) ?? []];
        return FunctionalWordRules.Check(words) is { } wrong ? throw entries.Wrong(wrong)
            : FunctionalWordRules.CheckFillers(empty, words) is { } notFiller ? throw fillers!.Value.Wrong(notFiller)
            : new FunctionalWordList(name.Text(), words, empty);
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
