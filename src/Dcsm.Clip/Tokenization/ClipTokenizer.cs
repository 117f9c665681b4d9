using System.Buffers;
using System.Text;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// CLIP's byte-pair encoding as today's transformers runs it (<c>CLIPTokenizer</c> of transformers 5), or as
/// <see cref="TokenizerFlavor"/> says, with the place of every token in the text.
/// </summary>
/// <remarks>
/// <para>All of it is our own: <c>Microsoft.ML.Tokenizers</c> (2.0.1) merges exactly, but in time by the square of a word's length, and
/// has words, NFC, lower case and places otherwise or not at all.</para>
/// <para>The same is told in <c>docs/libraries.md</c>. Thread-safe.</para>
/// </remarks>
public sealed class ClipTokenizer : TextTokenizer
{
    internal const string EndOfWord = "</w>";

    private readonly BytePairEncoding _encoding;
    private readonly SpecialToken[] _rawSpecials;
    private readonly (SpecialToken Token, int[] Pattern)[] _normalizedSpecials;
    private readonly Dictionary<int, string> _tokens;
    private readonly HashSet<int> _specialIds;

    private readonly bool _findsSpecialsFirst;

    private ClipTokenizer(TokenizerFiles files, TokenizerFlavor flavor)
    {
        Flavor = flavor;
        // openai/CLIP cleans first, and finds its two special tokens among the words.
        _findsSpecialsFirst = flavor != TokenizerFlavor.OpenAi;
        _encoding = new BytePairEncoding(files);
        StartToken = files.Start.Id;
        EndToken = files.End.Id;
        PadToken = files.Pad.Id;
        _rawSpecials = [.. files.SpecialTokens.Where(token => !token.Normalized)];
        _normalizedSpecials =
        [
            .. files
                .SpecialTokens.Where(token => token.Normalized)
                .Select(token =>
                    (
                        token,
                        TextNormalizer.Normalize(token.Content, 0, token.Content.Length, flavor).ConvertAll(rune => rune.Value).ToArray()
                    )
                ),
        ];
        _specialIds = [.. files.SpecialTokens.Select(token => token.Id)];
        _tokens = [];
        foreach ((string? token, int id) in files.Vocabulary)
            _tokens[id] = token;
        foreach (SpecialToken token in files.SpecialTokens)
            _tokens[token.Id] = token.Content;
        VocabularySize = _tokens.Keys.Max() + 1;
    }

    /// <summary>Makes the tokenizer of OpenAI's CLIPs and nearly all others; its vocabulary of 49408 tokens is built in.</summary>
    /// <param name="flavor">Whose cleaning of text is done.</param>
    public static ClipTokenizer BuiltIn(TokenizerFlavor flavor = TokenizerFlavor.HuggingFace) => new(TokenizerFiles.BuiltIn(), flavor);

    /// <summary>Opens <c>vocab.json</c> and <c>merges.txt</c>, or else <c>tokenizer.json</c>, of a directory.</summary>
    /// <param name="directory">
    /// The directory; its <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> are read where they are there.
    /// </param>
    /// <param name="flavor">Whose cleaning of text is done.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException">It has no tokenizer.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or of another kind of tokenizer; the message says where.</exception>
    public static ClipTokenizer Load(string directory, TokenizerFlavor flavor = TokenizerFlavor.HuggingFace)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return new ClipTokenizer(TokenizerFiles.Load(directory), flavor);
    }

    /// <summary>Whose cleaning of text is done.</summary>
    public TokenizerFlavor Flavor { get; }

    /// <summary>The token every text starts with.</summary>
    public int StartToken { get; }

    /// <inheritdoc/>
    public override int EndToken { get; }

    /// <inheritdoc/>
    /// <remarks>The end token unless the files say otherwise.</remarks>
    public override int PadToken { get; }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <summary>The text of token ids, as transformers writes it: in lower case, a space after each word.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecialTokens">Whether start, end and padding are left out.</param>
    /// <exception cref="ArgumentException">An id is not in the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var chars = new StringBuilder();
        foreach (int id in ids)
        {
            if (!_tokens.TryGetValue(id, out string? token))
                throw new ArgumentException($"{id} is not a token id of this vocabulary (0 to {VocabularySize - 1}).", nameof(ids));
            if (!(skipSpecialTokens && _specialIds.Contains(id)))
                chars.Append(token);
        }
        return ByteAlphabet.Decode(chars.ToString()).Replace(EndOfWord, " ", StringComparison.Ordinal).Trim();
    }

    private protected override (List<int> Ids, List<TextRange> Offsets) Run(string text, int most)
    {
        var ids = new List<int>(32) { StartToken };
        var offsets = new List<TextRange>(32) { new(0, 0) };
        int position = 0;
        int[] nexts = new int[_rawSpecials.Length];
        while (position < text.Length && ids.Count <= most)
        {
            (SpecialToken? token, int at) = _findsSpecialsFirst ? NextSpecial(text, position, nexts) : (null, text.Length);
            EncodeSegment(TextNormalizer.Normalize(text, position, at, Flavor), ids, offsets, most);
            if (token is null)
                break;
            ids.Add(token.Id);
            offsets.Add(new TextRange(at, token.Content.Length));
            position = at + token.Content.Length;
        }
        ids.Add(EndToken);
        offsets.Add(new TextRange(text.Length, 0));
        return (ids, offsets);
    }

    /// <param name="nexts">Where each was found last, at or behind an earlier start; the text's length where nowhere.</param>
    private (SpecialToken? Token, int At) NextSpecial(string text, int start, int[] nexts)
    {
        SpecialToken? found = null;
        int at = text.Length;
        for (int i = 0; i < nexts.Length; i++)
        {
            SpecialToken token = _rawSpecials[i];
            if (nexts[i] < start || start == 0)
                nexts[i] = text.IndexOf(token.Content, start, StringComparison.Ordinal) is >= 0 and var index ? index : text.Length;
            if (nexts[i] < at || (nexts[i] == at && token.Content.Length > found?.Content.Length))
                (found, at) = (token, nexts[i]);
        }
        return (found, at);
    }

    private void EncodeSegment(List<AlignedRune> text, List<int> ids, List<TextRange> offsets, int most)
    {
        int start = 0;
        for (int i = 0; _normalizedSpecials.Length > 0 && i < text.Count; i++)
        {
            SpecialToken? found = null;
            int length = 0;
            foreach ((SpecialToken? token, int[]? pattern) in _normalizedSpecials)
            {
                if (
                    pattern.Length > length
                    && i + pattern.Length <= text.Count
                    && pattern.Index().All(item => text[i + item.Index].Value == item.Item)
                )
                {
                    (found, length) = (token, pattern.Length);
                }
            }
            if (found is null)
                continue;
            EncodeWords(text[start..i], ids, offsets, most);
            ids.Add(found.Id);
            offsets.Add(new TextRange(text[i].Start, text[i + length - 1].End - text[i].Start));
            start = i + length;
            i = start - 1;
        }
        EncodeWords(start == 0 ? text : text[start..], ids, offsets, most);
    }

    private void EncodeWords(List<AlignedRune> text, List<int> ids, List<TextRange> offsets, int most)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Range range in WordSplitter.Split(text, Flavor))
        {
            if (ids.Count > most)
                return;
            (int first, int count) = range.GetOffsetAndLength(text.Count);
            if (SpecialWord(text, first, count) is { } special)
            {
                ids.Add(special.Id);
                offsets.Add(PlaceOf(text, first, first + count - 1));
                continue;
            }
            char[] chars = ArrayPool<char>.Shared.Rent(count * 4);
            int[] origins = ArrayPool<int>.Shared.Rent(count * 4);
            int length = 0;
            for (int i = first; i < first + count; i++)
            {
                int bytes = new Rune(text[i].Value).EncodeToUtf8(utf8);
                for (int b = 0; b < bytes; b++)
                {
                    chars[length] = ByteAlphabet.Char(utf8[b]);
                    origins[length++] = i;
                }
            }
            EncodedWord word = _encoding.Encode(chars.AsSpan(0, length));
            int start = 0;
            for (int t = 0; t < word.Ids.Length; t++)
            {
                ids.Add(word.Ids[t]);
                offsets.Add(PlaceOf(text, origins[start], origins[word.Ends[t] - 1]));
                start = word.Ends[t];
            }
            ArrayPool<char>.Shared.Return(chars);
            ArrayPool<int>.Shared.Return(origins);
        }
    }

    private SpecialToken? SpecialWord(List<AlignedRune> text, int first, int count) =>
        Flavor == TokenizerFlavor.HuggingFace || count < 4 || text[first].Value != '<'
            ? null
            : Array.Find(
                _rawSpecials,
                token => token.Content.Length == count && token.Content.Index().All(item => text[first + item.Index].Value == item.Item)
            );

    // Composition may have put marks in another order than they were written in.
    private static TextRange PlaceOf(List<AlignedRune> text, int first, int last)
    {
        (int start, int end) = (text[first].Start, text[first].End);
        for (int i = first + 1; i <= last; i++)
            (start, end) = (Math.Min(start, text[i].Start), Math.Max(end, text[i].End));
        return new TextRange(start, end - start);
    }
}
