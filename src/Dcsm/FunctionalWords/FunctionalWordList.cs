using System.Collections.Concurrent;
using System.Text;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Files;
using Dcsm.Maps;

namespace Dcsm.FunctionalWords;

/// <summary>
/// The functional words: the words whose columns in a map are replaced by constants, since CLIP's embeddings of them say little
/// (paper section "functional rows"; <c>functional-rows/README.md</c> describes the files).
/// </summary>
public sealed class FunctionalWordList
{
    private static readonly ConcurrentDictionary<string, FunctionalWordList> Shipped = new(StringComparer.Ordinal);

    private readonly FunctionalWordMatcher _matcher,
        _withFillers;
    private readonly HashSet<string> _emptyWords;
    private readonly PredicateRewriter? _predicates;

    /// <summary>Makes a list of functional words.</summary>
    /// <param name="name">The name of the list.</param>
    /// <param name="entries">The functional words in row order. None are allowed: then no column is ever replaced.</param>
    /// <param name="fillers">
    /// Words and phrases that say nothing of a picture ("a", "there is", "a picture of"), which <see cref="CaptionForm.Canonical"/> leaves
    /// out; null for none.
    /// </param>
    /// <param name="nounPhrases">How <see cref="CaptionForm.Canonical"/> marks the nouns of a caption; null: not at all.</param>
    /// <param name="emptyWords">Words that name nothing to be seen (<see cref="EmptyWords"/>); null for none.</param>
    /// <exception cref="ArgumentException">
    /// A word or form is empty, badly written, or given twice; the message names the entry.
    /// </exception>
    public FunctionalWordList(
        string name,
        IEnumerable<FunctionalWord> entries,
        IEnumerable<string>? fillers = null,
        NounPhrases? nounPhrases = null,
        IEnumerable<string>? emptyWords = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(entries);
        Name = name;
        Entries = [.. entries];
        if (FunctionalWordRules.Check(Entries) is { } wrong)
            throw new ArgumentException(wrong, nameof(entries));
        Words = [.. Entries.Select(entry => entry.Word)];
        Fillers = [.. fillers ?? []];
        if (FunctionalWordRules.CheckFillers(Fillers, Entries) is { } notFiller)
            throw new ArgumentException(notFiller, nameof(fillers));
        NounPhrases = nounPhrases;
        if (nounPhrases is not null && FunctionalWordRules.CheckNounPhrases(nounPhrases, Fillers, Words) is { } notPhrases)
            throw new ArgumentException(notPhrases, nameof(nounPhrases));
        EmptyWords = [.. emptyWords ?? []];
        _emptyWords = new HashSet<string>(EmptyWords, StringComparer.OrdinalIgnoreCase);
        _matcher = new FunctionalWordMatcher(Entries);
        _withFillers =
            Fillers.Count == 0 ? _matcher : new FunctionalWordMatcher([.. Entries, .. Fillers.Select(f => new FunctionalWord(f, [f]))]);
        if (nounPhrases is { Copulas.Count: > 0 })
        {
            _predicates = new PredicateRewriter(
                nounPhrases.Copulas,
                _withFillers,
                Entries.Count,
                row => IsAdjective(nounPhrases, row),
                _emptyWords
            );
        }
    }

    /// <summary>The official eleven words in their order, each with no form but itself (<c>functional-rows/official.json</c>).</summary>
    public static FunctionalWordList Official => Embedded("official");

    /// <summary>
    /// The official eleven first, with synonyms and forms of several words, then further relations
    /// (<c>functional-rows/extended.json</c>).
    /// </summary>
    public static FunctionalWordList Extended => Embedded("extended");

    /// <summary>
    /// The official eleven and "and", with the many ways in which people say the same, and with fillers, for heads that read captions in
    /// their canonical form (<c>functional-rows/canonical.json</c>).
    /// </summary>
    public static FunctionalWordList Canonical => Embedded("canonical");

    /// <summary>No functional words: maps are read as CLIP gives them.</summary>
    public static FunctionalWordList None { get; } = new("none", []);

    /// <summary>The name of the list.</summary>
    public string Name { get; }

    /// <summary>The canonical words in row order.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The words with their forms, in row order.</summary>
    public IReadOnlyList<FunctionalWord> Entries { get; }

    /// <summary>Words and phrases that say nothing of a picture.</summary>
    public IReadOnlyList<string> Fillers { get; }

    /// <summary>How <see cref="CaptionForm.Canonical"/> marks the nouns of a caption; null: not at all.</summary>
    public NounPhrases? NounPhrases { get; }

    /// <summary>
    /// Words that name nothing to be seen ("of", "very", "because"): of a caption without any other word it can't be said whether it is
    /// true of a picture.
    /// </summary>
    public IReadOnlyList<string> EmptyWords { get; }

    /// <summary>
    /// The list with one more form of one of its words: "beside the left edge of" for "left", say. A head with
    /// <see cref="CaptionForm.Canonical"/> then reads that form as the word, without new training.
    /// </summary>
    /// <param name="word">One of <see cref="Words"/>.</param>
    /// <param name="form">The form, one word or several.</param>
    /// <exception cref="ArgumentException">There is no such word, or the form is badly written or already there.</exception>
    public FunctionalWordList With(string word, string form)
    {
        if (!Words.Contains(word, StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException($"'{word}' is none of the functional words {string.Join(", ", Words)}.", nameof(word));
        return new FunctionalWordList(
            Name,
            Entries.Select(entry =>
                string.Equals(entry.Word, word, StringComparison.OrdinalIgnoreCase) ? entry with { Forms = [.. entry.Forms, form] } : entry
            ),
            Fillers,
            NounPhrases,
            EmptyWords
        );
    }

    /// <summary>
    /// A text with every form replaced by its word, without fillers and punctuation, and with an article before each noun phrase
    /// (<see cref="CaptionForm.Canonical"/>).
    /// </summary>
    /// <param name="text">The text.</param>
    public string Rewrite(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // A filler that goes may bring the words of a form together, and an article that comes those of a filler.
        const int Passes = 8;
        text = _predicates?.Rewrite(text) ?? text;
        for (int pass = 0; pass < Passes; pass++)
        {
            string written = RewriteOnce(text);
            if (NounPhrases is not null)
                written = WithArticles(written, NounPhrases);
            if (written == text)
                break;
            text = written;
        }

        return text;
    }

    /// <summary>Puts the article before each run of words that are not functional but for adjectives; commas part runs.</summary>
    private string WithArticles(string text, NounPhrases phrases)
    {
        var functional = _matcher.Find(text).ToDictionary(match => match.Start);
        var places = new List<int>();
        (bool inPhrase, int adjective, int covered) = (false, -1, 0);
        foreach (ScannedWord word in WordScanner.Words(text))
        {
            if (word.Start < covered)
                continue;
            if (!functional.TryGetValue(word.Start, out FunctionalMatch match))
            {
                if (!inPhrase)
                    places.Add(adjective >= 0 ? adjective : word.Start);
                (inPhrase, adjective) = (true, -1);
            }
            else if (IsAdjective(phrases, match.Row))
            {
                if (!inPhrase && adjective < 0)
                    adjective = word.Start;
            }
            else
            {
                (inPhrase, adjective, covered) = (false, -1, match.Start + match.Length);
            }

            if (phrases.Conjunction is null && text.AsSpan(word.End).TrimStart() is [',' or ';' or '.' or ':', ..])
                (inPhrase, adjective) = (false, -1);
        }

        var written = new StringBuilder(text.Length);
        int at = 0;
        foreach (int place in places)
        {
            written.Append(text, at, place - at).Append(phrases.Article).Append(' ');
            at = place;
        }

        return written.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>The words of a caption that are neither functional nor fillers nor empty, in lower case.</summary>
    internal IEnumerable<string> ContentWords(string text)
    {
        IReadOnlyList<FunctionalMatch> taken = _withFillers.Find(text);
        return WordScanner
            .Words(text)
            .Where(word => !taken.Any(match => word.Start < match.Start + match.Length && word.End > match.Start))
            .Select(word => text[word.Start..word.End].ToLowerInvariant())
            .Where(word => !_emptyWords.Contains(word));
    }

    private bool IsAdjective(NounPhrases phrases, int row) => phrases.Adjectives.Contains(Words[row], StringComparer.Ordinal);

    private string RewriteOnce(string text)
    {
        var written = new StringBuilder(text.Length);
        int at = 0;
        foreach (FunctionalMatch match in _withFillers.Find(text))
        {
            written.Append(text, at, match.Start - at).Append(' ');
            if (match.Row < Entries.Count)
                written.Append(Words[match.Row]).Append(' ');
            at = match.Start + match.Length;
        }

        written.Append(text, at, text.Length - at);
        if (NounPhrases is { Conjunction: { } conjunction } phrases)
        {
            string read = PunctuationRewriter.Rewrite(written.ToString(), conjunction, _matcher, row => IsAdjective(phrases, row));
            written.Clear().Append(read);
        }

        return string.Join(' ', written.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Reads a list of functional words from a JSON file as <c>functional-rows/README.md</c> describes it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The content is wrong; the message names the file and the entry.</exception>
    public static FunctionalWordList Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file of functional words.", path);
        return FunctionalWordsJson.Parse(RegularFile.ReadAll(path, Utf8File.MostOfDescription), path);
    }

    /// <summary>
    /// Finds every functional word in a text: any case, whole words only ("left" is not in "leftover" nor in "left-handed"),
    /// the longest form first; finds do not overlap and come in the order of the text.
    /// </summary>
    /// <param name="text">The text.</param>
    internal IReadOnlyList<FunctionalMatch> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _matcher.Find(text);
    }

    /// <summary>
    /// Which functional word each token of a caption belongs to. All tokens of a form of several words ("to the left of") belong
    /// to it.
    /// </summary>
    /// <param name="caption">The tokenized caption.</param>
    /// <returns>Per token the row's index, or −1. [textTokens]</returns>
    internal int[] Place(TokenizedText caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return TokenAlignment.Rows(Find(caption.Text), caption);
    }

    /// <summary>What stands in each column of a caption's map once the rows are placed.</summary>
    /// <param name="caption">The tokenized caption.</param>
    /// <param name="placement">How rows are placed.</param>
    /// <returns>The layout of as many columns as the caption has tokens, padding included.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such placement.</exception>
    public ColumnLayout Layout(TokenizedText caption, RowPlacement placement)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return placement switch
        {
            RowPlacement.TokenAligned => ColumnLayout.Replace(Place(caption)),
            RowPlacement.EndFirst => ColumnLayout.EndFirst(Place(caption), caption.Length),
            RowPlacement.Official => OfficialPlacement.Replace(Words, caption.Text, caption.Ids.Count),
            RowPlacement.OfficialNotebook => OfficialPlacement.Insert(Words, caption.Text, caption.Ids.Count),
            _ => throw new ArgumentOutOfRangeException(nameof(placement), placement, "No such placement of rows."),
        };
    }

    private static FunctionalWordList Embedded(string name) =>
        Shipped.GetOrAdd(
            name,
            static key =>
            {
                string resource = $"functional-rows/{key}.json";
                using Stream stream =
                    typeof(FunctionalWordList).Assembly.GetManifestResourceStream(resource)
                    ?? throw new FileNotFoundException($"{resource} is missing from the assembly.", resource);
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                return FunctionalWordsJson.Parse(bytes.ToArray(), resource);
            }
        );
}
