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
        file.AllowOnly("name", "description", "words", "fillers", "noun_phrases", "empty_words");
        file.Optional("description")?.String();
        return Read(file.Field("name"), file);
    }

    /// <summary>Reads a list.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="list">
    /// The object with its fields <c>words</c> and, optional, <c>fillers</c>, <c>noun_phrases</c> and <c>empty_words</c>.
    /// </param>
    internal static FunctionalWordList Read(JsonField name, JsonField list)
    {
        JsonField entries = list.Field("words");
        JsonField? fillers = list.Optional("fillers"),
            marks = list.Optional("noun_phrases");
        var words = new List<FunctionalWord>();
        foreach (JsonField entry in entries.List())
        {
            entry.AllowOnly("word", "forms");
            string word = entry.Field("word").String();
            words.Add(new FunctionalWord(word, [word, .. entry.Optional("forms")?.List().Select(form => form.String()) ?? []]));
        }
        string[] empty = [.. fillers?.List().Select(filler => filler.String()) ?? []];
        if (FunctionalWordRules.Check(words) is { } wrong)
            throw entries.Wrong(wrong);
        if (FunctionalWordRules.CheckFillers(empty, words) is { } notFiller)
            throw fillers!.Value.Wrong(notFiller);
        NounPhrases? phrases = null;
        if (marks is { } field)
        {
            field.AllowOnly("article", "adjectives", "conjunction", "copulas");
            phrases = new NounPhrases(field.Field("article").Text(), [.. field.Field("adjectives").List().Select(one => one.Text())])
            {
                Conjunction = field.Optional("conjunction")?.Text(),
                Copulas = [.. field.Optional("copulas")?.List().Select(one => one.Text()) ?? []],
            };
            if (FunctionalWordRules.CheckNounPhrases(phrases, empty, [.. words.Select(one => one.Word)]) is { } notPhrases)
                throw field.Wrong(notPhrases);
        }

        IEnumerable<string>? emptyWords = list.Optional("empty_words")?.List().Select(word => word.Text());
        return new FunctionalWordList(name.Text(), words, empty, phrases, emptyWords);
    }

    /// <summary>Writes a list's fields beside others: what <see cref="Read"/> reads.</summary>
    internal static void Write(FunctionalWordList words, JsonObject target)
    {
        target["words"] = Write(words);
        if (words.Fillers.Count > 0)
            target["fillers"] = new JsonArray([.. words.Fillers.Select(filler => (JsonNode)filler)]);
        if (words.NounPhrases is { } phrases)
        {
            var marks = new JsonObject
            {
                ["article"] = phrases.Article,
                ["adjectives"] = new JsonArray([.. phrases.Adjectives.Select(adjective => (JsonNode)adjective)]),
            };
            if (phrases.Conjunction is { } conjunction)
                marks["conjunction"] = conjunction;
            if (phrases.Copulas.Count > 0)
                marks["copulas"] = new JsonArray([.. phrases.Copulas.Select(copula => (JsonNode)copula)]);
            target["noun_phrases"] = marks;
        }
        if (words.EmptyWords.Count > 0)
            target["empty_words"] = new JsonArray([.. words.EmptyWords.Select(word => (JsonNode)word)]);
    }

    private static JsonArray Write(FunctionalWordList words)
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
