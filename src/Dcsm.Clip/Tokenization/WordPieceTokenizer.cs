using System.Globalization;
using System.Text;
using Dcsm.IO.Files;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// BERT's tokenizer in lower case (google-research/bert, <c>tokenization.py</c>), which BLIP reads captions with; with the place of every
/// token in the text.
/// </summary>
/// <remarks>
/// Written by hand: that of <c>Microsoft.ML.Tokenizers</c> (2.0.1) gives other ids or none, and no places in the text as it was written,
/// which functional words need (<c>docs/libraries.md</c>).
/// </remarks>
public sealed class WordPieceTokenizer : TextTokenizer
{
    private const string VocabularyFile = "vocab.txt",
        Continuation = "##";

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int _longestWord,
        _longestPiece,
        _unknown;

    private WordPieceTokenizer(string path, int longestWord)
    {
        _longestWord = longestWord;
        string[] lines = Encoding.UTF8.GetString(Utf8File.Read(path, Utf8File.MostOfDescription)).Split('\n');
        VocabularySize = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (int id = 0; id < VocabularySize; id++)
            _ids[lines[id].TrimEnd('\r')] = id;
        _longestPiece = _ids.Keys.Max(piece => piece.Length);
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        (StartToken, EndToken, PadToken, _unknown) = (Special("[CLS]"), Special("[SEP]"), Special("[PAD]"), Special("[UNK]"));

        int Special(string token) =>
            _ids.TryGetValue(token, out int id)
                ? id
                : throw new InvalidDataException($"{path}: the token '{Excerpt.Of(token)}' is missing.");
    }

    /// <summary>The token every text starts with, [CLS].</summary>
    public int StartToken { get; }

    /// <inheritdoc/>
    public override int EndToken { get; }

    /// <inheritdoc/>
    public override int PadToken { get; }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <summary>Opens a vocabulary.</summary>
    /// <param name="file">The <c>vocab.txt</c>, a token a line.</param>
    /// <param name="longestWord">
    /// Characters of the longest word that is looked at; of longer ones nothing is known. 100 in transformers, 200 in Google's own program.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A special token is missing.</exception>
    public static WordPieceTokenizer Load(string file, int longestWord = 100)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentOutOfRangeException.ThrowIfLessThan(longestWord, 1);
        return new WordPieceTokenizer(file, longestWord);
    }

    /// <summary>Whether a directory has a vocabulary.</summary>
    internal static bool Exists(string directory) => File.Exists(Path.Combine(directory, VocabularyFile));

    internal static WordPieceTokenizer LoadDirectory(string directory) =>
        Exists(directory)
            ? Load(Path.Combine(directory, VocabularyFile))
            : throw new FileNotFoundException(
                $"{directory}: there is no tokenizer: {VocabularyFile} is missing.",
                Path.Combine(directory, VocabularyFile)
            );

    private protected override (List<int> Ids, List<TextRange> Offsets) Run(string text, int most)
    {
        List<int> ids = [StartToken];
        List<TextRange> offsets = [new(0, 0)];
        List<AlignedRune> word = [];
        foreach (AlignedRune rune in Clean(text))
        {
            bool isApart = IsPunctuation(rune.Value) || IsIdeograph(rune.Value);
            if (isApart || rune.Value == ' ')
                End();
            if (rune.Value != ' ')
                word.Add(rune);
            if (isApart)
                End();
            if (ids.Count > most)
                break;
        }
        End();
        ids.Add(EndToken);
        offsets.Add(new TextRange(text.Length, 0));
        return (ids, offsets);

        void End()
        {
            if (word.Count > 0)
                AddWord(word, ids, offsets);
            word.Clear();
        }
    }

    /// <summary>In lower case, without accents and control characters; white space as spaces.</summary>
    private static List<AlignedRune> Clean(string text)
    {
        List<AlignedRune> runes = TextNormalizer.Runes(text, 0, text.Length);
        runes.RemoveAll(rune => rune.Value is 0 or 0xFFFD || IsControl(rune.Value));
        TextNormalizer.ToLower(runes, sigmaByContext: true);
        UnicodeComposition.Decompose(runes);
        runes.RemoveAll(rune => CharUnicodeInfo.GetUnicodeCategory(rune.Value) == UnicodeCategory.NonSpacingMark);
        for (int i = 0; i < runes.Count; i++)
        {
            if (IsSpace(runes[i].Value))
                runes[i] = runes[i] with { Value = ' ' };
        }
        return runes;
    }

    /// <summary>The longest pieces from left to right; a word that has none somewhere is unknown.</summary>
    private void AddWord(List<AlignedRune> word, List<int> ids, List<TextRange> offsets)
    {
        (int first, int firstPlace) = (ids.Count, 0);
        if (word.Count <= _longestWord)
        {
            var letters = new StringBuilder(Continuation);
            int[] ends = new int[word.Count + 1];
            ends[0] = Continuation.Length;
            for (int i = 0; i < word.Count; i++)
                ends[i + 1] = letters.Append(new Rune(word[i].Value)).Length;
            char[] all = new char[letters.Length];
            letters.CopyTo(0, all, all.Length);
            while (firstPlace < word.Count)
            {
                // The two signs of a continuation are written over what is behind.
                int begin = ends[firstPlace];
                if (firstPlace > 0)
                    Continuation.CopyTo(all.AsSpan(begin -= Continuation.Length));
                int end = word.Count,
                    id = -1;
                while (
                    end > firstPlace
                    && (ends[end] - begin > _longestPiece || !_lookup.TryGetValue(all.AsSpan(begin, ends[end] - begin), out id))
                )
                {
                    end--;
                }

                if (end == firstPlace)
                    break;
                ids.Add(id);
                offsets.Add(Place(word, firstPlace, end - 1));
                firstPlace = end;
            }
        }

        if (firstPlace == word.Count)
            return;
        ids.RemoveRange(first, ids.Count - first);
        offsets.RemoveRange(first, offsets.Count - first);
        ids.Add(_unknown);
        offsets.Add(Place(word, 0, word.Count - 1));
    }

    private static TextRange Place(List<AlignedRune> word, int first, int last) =>
        new(word[first].Start, word[last].End - word[first].Start);

    private static bool IsSpace(int value) =>
        value is ' ' or '\t' or '\n' or '\r' || (value <= char.MaxValue && char.IsWhiteSpace((char)value));

    private static bool IsControl(int value) =>
        value is not ('\t' or '\n' or '\r')
        && CharUnicodeInfo.GetUnicodeCategory(value) is UnicodeCategory.Control or UnicodeCategory.Format;

    private static bool IsPunctuation(int value) =>
        value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        || CharUnicodeInfo.GetUnicodeCategory(value)
            is UnicodeCategory.ConnectorPunctuation
                or UnicodeCategory.DashPunctuation
                or UnicodeCategory.OpenPunctuation
                or UnicodeCategory.ClosePunctuation
                or UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation
                or UnicodeCategory.OtherPunctuation;

    private static bool IsIdeograph(int value) =>
        value
            is (>= 0x4E00 and <= 0x9FFF)
                or (>= 0x3400 and <= 0x4DBF)
                or (>= 0x20000 and <= 0x2A6DF)
                or (>= 0x2A700 and <= 0x2B73F)
                or (>= 0x2B740 and <= 0x2B81F)
                or (>= 0x2B820 and <= 0x2CEAF)
                or (>= 0xF900 and <= 0xFAFF)
                or (>= 0x2F800 and <= 0x2FA1F);
}
