using System.Collections.Concurrent;
using Dcsm.Clip.Tokenization;
using Dcsm.Maps;

namespace Dcsm.FunctionalWords;

/// <summary>
/// The functional words: the words whose columns in a map are replaced by constants, since CLIP's embeddings of them say little
/// (paper section "functional rows"; <c>functional-rows/README.md</c> describes the files).
/// </summary>
public sealed class FunctionalWordList
{
    private static readonly ConcurrentDictionary<string, FunctionalWordList> Shipped = new(StringComparer.Ordinal);

    private readonly FunctionalWordMatcher _matcher;

    /// <summary>Makes a list of functional words.</summary>
    /// <param name="name">The name of the list.</param>
    /// <param name="entries">The functional words in row order. None are allowed: then no column is ever replaced.</param>
    /// <exception cref="ArgumentException">
    /// A word or form is empty, badly written, or given twice; the message names the entry.
    /// </exception>
    public FunctionalWordList(string name, IEnumerable<FunctionalWord> entries)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(entries);
        Name = name;
        Entries = [.. entries];
        if (FunctionalWordRules.Check(Entries) is { } wrong)
            throw new ArgumentException(wrong, nameof(entries));
        Words = [.. Entries.Select(entry => entry.Word)];
        _matcher = new FunctionalWordMatcher(Entries);
    }

    /// <summary>The official eleven words in their order, each with no form but itself (<c>functional-rows/official.json</c>).</summary>
    public static FunctionalWordList Official => Embedded("official");

    /// <summary>
    /// The official eleven first, with synonyms and forms of several words, then further relations
    /// (<c>functional-rows/extended.json</c>).
    /// </summary>
    public static FunctionalWordList Extended => Embedded("extended");

    /// <summary>No functional words: maps are read as CLIP gives them.</summary>
    public static FunctionalWordList None { get; } = new("none", []);

    /// <summary>The name of the list.</summary>
    public string Name { get; }

    /// <summary>The canonical words in row order.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The words with their forms, in row order.</summary>
    public IReadOnlyList<FunctionalWord> Entries { get; }

    /// <summary>Reads a list of functional words from a JSON file as <c>functional-rows/README.md</c> describes it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The content is wrong; the message names the file and the entry.</exception>
    public static FunctionalWordList Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file of functional words.", path);
        return FunctionalWordsJson.Parse(File.ReadAllBytes(path), path);
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
    /// <exception cref="ArgumentOutOfRangeException">The placement is none of the three.</exception>
    public ColumnLayout Layout(TokenizedText caption, RowPlacement placement)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return placement switch
        {
            RowPlacement.TokenAligned => ColumnLayout.Replace(Place(caption)),
            RowPlacement.Official => OfficialPlacement.Replace(Words, caption.Text, caption.Ids.Length),
            RowPlacement.OfficialNotebook => OfficialPlacement.Insert(Words, caption.Text, caption.Ids.Length),
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
