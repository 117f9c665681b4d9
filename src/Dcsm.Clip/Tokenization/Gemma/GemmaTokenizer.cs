using System.Buffers;
using System.Text;
using System.Text.Json;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Tokenization.Gemma;

/// <summary>
/// Gemma's tokenizer, as SigLIP 2 has it: byte-pair encoding of whole texts, spaces being letters (U+2581), with single bytes for what is
/// not in the vocabulary; as its <c>tokenizer.json</c> describes it, with the place of every token in the text.
/// </summary>
/// <remarks>
/// Source: huggingface/tokenizers, <c>models/bpe</c> and <c>tokenizer/added_vocabulary.rs</c>; transformers, <c>Siglip2Tokenizer</c>, for
/// lower case. Written by hand for the places, and for <see cref="PairMerges"/>.
/// </remarks>
internal sealed class GemmaTokenizer : TextTokenizer
{
    // More than any model's vocabulary may be (ClipConfig).
    private const int MostIds = 1 << 24;

    private readonly GemmaNormalizer _normalizer;
    private readonly AddedTokens _raw,
        _normalized;
    private readonly Dictionary<string, int> _vocabulary = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _letters = [];
    private readonly int[] _bytes = new int[256];
    private readonly PairMerges _merges = new();
    private readonly int _unknown;
    private readonly bool _fusesUnknown;
    private readonly int? _start;
    private readonly bool _ofOpenClip;

    /// <param name="file">The <c>tokenizer.json</c>.</param>
    /// <param name="settings">The <c>tokenizer_config.json</c>; null where there is none.</param>
    /// <param name="lowers">Whether texts are put into lower case first, whatever the file says.</param>
    /// <param name="ofOpenClip">Whether texts are cleaned first as open_clip does.</param>
    /// <exception cref="InvalidDataException">It is damaged, or asks for what is not Gemma's; the message names the field.</exception>
    public GemmaTokenizer(JsonField file, JsonField? settings, bool lowers, bool ofOpenClip = false)
    {
        _ofOpenClip = ofOpenClip;
        JsonField model = file.Field("model");
        foreach (JsonField token in model.Field("vocab").Fields())
            Know(token.Name, token.Whole(0, MostIds));
        ReadMerges(model.Field("merges"));
        bool fallsBack = model.Optional("byte_fallback")?.Flag() ?? false;
        for (int value = 0; value < _bytes.Length; value++)
        {
            _bytes[value] = fallsBack
                ? _vocabulary.GetValueOrDefault(FormattableString.Invariant($"<0x{value:X2}>"), PairMerges.NoToken)
                : PairMerges.NoToken;
        }

        _unknown = model.Optional("unk_token") is { } unknown ? Id(unknown) : PairMerges.NoToken;
        _fusesUnknown = model.Optional("fuse_unk")?.Flag() ?? false;
        foreach (string other in (string[])["dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges"])
        {
            if (model.Optional(other) is { } given && given.Found is not ("false" or "\"\"" or "0" or "0.0"))
                throw given.Wrong($"{given.Found}; Gemma's tokenizer has none");
        }

        _normalizer = new GemmaNormalizer(file, lowers);
        (_raw, _normalized) = AddedTokens.Read(file, MostIds, _normalizer, Know);
        VocabularySize = 1 + _vocabulary.Values.DefaultIfEmpty(-1).Max();
        (EndToken, PadToken) = (Named(file, settings, "eos_token", "<eos>"), Named(file, settings, "pad_token", "<pad>"));
        if (settings?.Optional("add_eos_token") is { } ends && !ends.Flag())
            throw ends.Wrong("texts without an end token can't be encoded");
        if (settings?.Optional("add_bos_token")?.Flag() == true)
            _start = Named(file, settings, "bos_token", "<bos>");
    }

    /// <inheritdoc/>
    public override int EndToken { get; }

    /// <inheritdoc/>
    public override int PadToken { get; }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <summary>Whether a <c>tokenizer.json</c> is of this kind.</summary>
    public static bool IsOne(JsonField file) =>
        file.Optional("model") is { } model && model.Optional("type") is { } type && type.String() == "BPE";

    private protected override (List<int> Ids, List<TextRange> Offsets) Run(string text, int most)
    {
        List<int> ids = [];
        List<TextRange> offsets = [];
        List<AlignedRune> cleaned = _ofOpenClip ? TextNormalizer.Canonicalize(text) : TextNormalizer.Runes(text, 0, text.Length);
        if (_start is { } start)
            Add(start, new TextRange(0, 0));
        foreach ((List<AlignedRune> part, int? added) in _raw.Cut(cleaned))
        {
            if (ids.Count > most)
                break;
            if (added is { } token)
                Add(token, new TextRange(part[0].Start, part[^1].End - part[0].Start));
            else
                Encode(_normalizer.Normalize(part), Add);
        }

        Add(EndToken, new TextRange(text.Length, 0));
        return (ids, offsets);

        void Add(int id, TextRange place)
        {
            ids.Add(id);
            offsets.Add(place);
        }
    }

    private void Encode(List<AlignedRune> normalized, Action<int, TextRange> add)
    {
        foreach ((List<AlignedRune> part, int? added) in _normalized.Cut(normalized))
        {
            if (added is { } token)
            {
                add(token, AlignedRune.Place(part, 0, part.Count));
                continue;
            }

            foreach (List<AlignedRune> word in _normalizer.Words(part))
                Merge(word, add);
        }
    }

    private void Merge(List<AlignedRune> word, Action<int, TextRange> add)
    {
        // Of each symbol its token, and the first of its runes.
        List<int> symbols = [],
            firsts = [];
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < word.Count; i++)
        {
            if (_letters.TryGetValue(word[i].Value, out int letter))
            {
                Symbol(letter, i);
                continue;
            }

            int length = new Rune(word[i].Value).EncodeToUtf8(utf8);
            bool known = true;
            foreach (byte value in utf8[..length])
                known &= _bytes[value] != PairMerges.NoToken;
            if (known)
            {
                foreach (byte value in utf8[..length])
                    Symbol(_bytes[value], i);
            }
            else if (_unknown != PairMerges.NoToken && !(_fusesUnknown && symbols is [.., var before] && before == _unknown))
            {
                Symbol(_unknown, i);
            }
        }

        int[] ids = [.. symbols],
            ends = _merges.Apply(ids);
        for (int at = 0; at < ids.Length; at = ends[at])
        {
            int end = ends[at] < ids.Length ? Math.Max(firsts[ends[at]], firsts[at] + 1) : word.Count;
            add(ids[at], AlignedRune.Place(word, firsts[at], end));
        }

        void Symbol(int id, int rune)
        {
            symbols.Add(id);
            firsts.Add(rune);
        }
    }

    private void Know(string token, int id)
    {
        _vocabulary[token] = id;
        if (Rune.DecodeFromUtf16(token, out Rune rune, out int length) == OperationStatus.Done && length == token.Length)
            _letters[rune.Value] = id;
    }

    // "a b", or two texts.
    private void ReadMerges(JsonField merges)
    {
        int rank = 0;
        foreach (JsonField merge in merges.List())
        {
            string[] parts =
                merge.Kind == JsonValueKind.Array ? [.. merge.List().Select(part => part.String())] : merge.String().Split(' ');
            if (
                parts is not [var left, var right]
                || !_vocabulary.TryGetValue(left, out int first)
                || !_vocabulary.TryGetValue(right, out int second)
                || !_vocabulary.TryGetValue(left + right, out int joined)
            )
            {
                throw merge.Expected("two tokens of the vocabulary that are one of it together");
            }

            _merges.Add(first, second, rank++, joined);
        }
    }

    private int Id(JsonField token) =>
        _vocabulary.TryGetValue(token.String(), out int id) ? id : throw token.Expected("a token of the vocabulary");

    // A text, or an object with its content.
    private int Named(JsonField file, JsonField? settings, string field, string usual)
    {
        if (settings?.Optional(field) is { } named)
            return Id(named.Kind == JsonValueKind.Object ? named.Field("content") : named);
        return _vocabulary.TryGetValue(usual, out int id)
            ? id
            : throw file.Wrong($"has no token '{Excerpt.Of(usual)}', nor do its settings name another {field}");
    }
}
