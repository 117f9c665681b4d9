using System.Text;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Tokenization.Gemma;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Tokenization.SentencePiece;

/// <summary>
/// A unigram model of SentencePiece, as Google's own program runs it, or with SigLIP's cleaning of text before it; with the place of every
/// token in the text.
/// </summary>
/// <remarks>
/// Written by hand: that of <c>Microsoft.ML.Tokenizers</c> (2.0.1) gives other ids or none, and no places in the text as it was written,
/// which functional words need (<c>docs/libraries.md</c>).
/// </remarks>
public sealed class SentencePieceTokenizer : TextTokenizer
{
    private const string ModelFile = "spiece.model",
        CombinedFile = "tokenizer.json",
        SettingsFile = "tokenizer_config.json",
        End = "</s>";
    private const int Space = AlignedRune.Space;

    private readonly SentencePieceModel _model;
    private readonly UnigramSegmentation _segmentation;
    private readonly bool _isSigLip,
        _lowers,
        _ofOpenClip;

    private SentencePieceTokenizer(SentencePieceModel model, int? padding, bool isSigLip, bool lowers, bool ofOpenClip = false)
    {
        (_model, _isSigLip, _lowers, _ofOpenClip) = (model, isSigLip, lowers, ofOpenClip);
        _segmentation = new UnigramSegmentation(model);
        EndToken = model.Pieces.Index().FirstOrDefault(piece => piece.Item.Text == End, (-1, default)).Index;
        if (EndToken < 0)
            throw new InvalidDataException($"{model.File}: has no piece '{End}' to end a text with.");
        PadToken = padding ?? EndToken;
    }

    /// <inheritdoc/>
    public override int EndToken { get; }

    /// <inheritdoc/>
    public override int PadToken { get; }

    /// <inheritdoc/>
    public override int VocabularySize => _model.Pieces.Count;

    /// <summary>Opens a model as it is; texts are ended by <c>&lt;/s&gt;</c>, and filled up with it.</summary>
    /// <param name="file">The <c>spiece.model</c>, or a <c>tokenizer.json</c> of the same.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or no unigram model.</exception>
    public static SentencePieceTokenizer Load(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return new SentencePieceTokenizer(Read(file), null, isSigLip: false, lowers: false);
    }

    /// <summary>Whether a directory has a model.</summary>
    internal static bool Exists(string directory) =>
        File.Exists(Path.Combine(directory, ModelFile)) || File.Exists(Path.Combine(directory, CombinedFile));

    /// <summary>Opens SigLIP's tokenizer: without punctuation, in lower case unless its settings say otherwise.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="padding">The id that short texts are filled up with.</param>
    internal static TextTokenizer LoadSigLip(string directory, int padding)
    {
        string file = Path.Combine(directory, ModelFile),
            combined = Path.Combine(directory, CombinedFile);
        if (!File.Exists(file) && !File.Exists(combined))
            throw new FileNotFoundException($"{directory}: there is no tokenizer: neither {ModelFile} nor {CombinedFile}.", file);
        JsonField? settings = Settings(directory);
        bool lowers = settings?.Optional("do_lower_case")?.Flag() ?? true;
        // open_clip cleans texts itself, otherwise than transformers.
        bool ofOpenClip =
            File.Exists(Path.Combine(directory, OpenClipConfig.FileName)) && !File.Exists(Path.Combine(directory, "config.json"));
        if (!File.Exists(file) && JsonField.LoadFromPython(combined) is var whole && GemmaTokenizer.IsOne(whole))
            return new GemmaTokenizer(whole, settings, lowers, ofOpenClip);
        return new SentencePieceTokenizer(Read(File.Exists(file) ? file : combined), padding, isSigLip: true, lowers, ofOpenClip);
    }

    private protected override (List<int> Ids, List<TextRange> Offsets) Run(string text, int most)
    {
        List<AlignedRune> runes = Normalize(
            _ofOpenClip ? TextNormalizer.Canonicalize(text)
            : _isSigLip ? Clean(text)
            : TextNormalizer.Runes(text, 0, text.Length)
        );
        List<int> ids = [];
        List<TextRange> offsets = [];
        int at = 0;
        foreach ((int id, int length) in _segmentation.Cut(runes, _model.Unknown))
        {
            ids.Add(id);
            offsets.Add(AlignedRune.Place(runes, at, at + length));
            at += length;
        }
        ids.Add(EndToken);
        offsets.Add(new TextRange(text.Length, 0));
        return (ids, offsets);
    }

    private static SentencePieceModel Read(string file) =>
        Path.GetExtension(file) == ".json" ? SentencePieceModel.LoadJson(file) : SentencePieceModel.Load(file);

    private static JsonField? Settings(string directory)
    {
        string path = Path.Combine(directory, SettingsFile);
        return File.Exists(path) ? JsonField.LoadFromPython(path) : null;
    }

    // transformers, SiglipTokenizer.canonicalize_text, after big_vision.
    private List<AlignedRune> Clean(string text)
    {
        List<AlignedRune> runes = TextNormalizer.Runes(text, 0, text.Length);
        if (_lowers)
            TextNormalizer.ToLower(runes, sigmaByContext: true);
        return
        [
            .. runes
                .Where(rune => !TextNormalizer.IsPunctuation(rune.Value))
                .Select(rune => rune.Value is Space or (>= 0x1C and <= 0x1F) ? rune with { Value = ' ' } : rune),
        ];
    }

    /// <summary>sentencepiece, <c>normalizer.cc</c>: characters by the map, spaces as U+2581.</summary>
    private List<AlignedRune> Normalize(List<AlignedRune> text)
    {
        if (text.Count == 0)
            return [];
        (byte[] utf8, int[] runeOf) = Utf8(text);
        List<AlignedRune> normalized = [];
        if (_model.AddsPrefix)
            normalized.Add(new AlignedRune(Space, text[0].Start, text[0].Start));
        bool isAfterSpace = _model.RemovesExtraSpaces;
        for (int at = 0; at < utf8.Length; )
        {
            ReadOnlySpan<byte> replacement = default;
            int taken = _model.Characters?.Longest(utf8.AsSpan(at), out replacement) ?? 0;
            if (taken == 0)
            {
                taken = 1;
                while (at + taken < utf8.Length && runeOf[at + taken] == runeOf[at])
                    taken++;
                replacement = utf8.AsSpan(at, taken);
            }

            AlignedRune first = text[runeOf[at]],
                last = text[runeOf[at + taken - 1]];
            at += taken;
            while (isAfterSpace && replacement is [(byte)' ', ..])
                replacement = replacement[1..];
            bool endsInSpace = replacement is [.., (byte)' '];
            if (!replacement.IsEmpty)
                isAfterSpace = endsInSpace && _model.RemovesExtraSpaces;
            while (!replacement.IsEmpty)
            {
                Rune.DecodeFromUtf8(replacement, out Rune rune, out int length);
                replacement = replacement[length..];
                normalized.Add(new AlignedRune(rune.Value == ' ' ? Space : rune.Value, first.Start, last.End));
            }
        }

        while (_model.RemovesExtraSpaces && normalized is [.., { Value: Space }])
            normalized.RemoveAt(normalized.Count - 1);
        return normalized;
    }

    /// <summary>The text in UTF-8, and for each byte the place of its code point in <paramref name="text"/>.</summary>
    private static (byte[] Bytes, int[] RuneOf) Utf8(List<AlignedRune> text)
    {
        byte[] bytes = new byte[4 * text.Count];
        int[] runeOf = new int[4 * text.Count];
        int length = 0;
        for (int i = 0; i < text.Count; i++)
        {
            int written = new Rune(text[i].Value).EncodeToUtf8(bytes.AsSpan(length));
            runeOf.AsSpan(length, written).Fill(i);
            length += written;
        }
        return (bytes[..length], runeOf[..length]);
    }
}
