using System.Text;
using System.Text.Json;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Tokenization.SentencePiece;

/// <summary>A unigram model of SentencePiece, from <c>spiece.model</c> or a <c>tokenizer.json</c> of the same.</summary>
/// <remarks>Messages and field numbers are those of <c>sentencepiece_model.proto</c>.</remarks>
internal sealed class SentencePieceModel
{
    private const int Unigram = 1;
    private readonly List<SentencePiece> _pieces = [];

    private SentencePieceModel(string file) => File = file;

    /// <summary>The file, for messages.</summary>
    public string File { get; }

    /// <summary>The pieces in the order of their ids.</summary>
    public IReadOnlyList<SentencePiece> Pieces => _pieces;

    /// <summary>The id of what no piece covers.</summary>
    public int Unknown { get; private set; } = -1;

    /// <summary>What becomes of characters; null where they stay.</summary>
    public CharacterMap? Characters { get; private set; }

    /// <summary>Whether a text begins with a space, whether or not it is written so.</summary>
    public bool AddsPrefix { get; private set; } = true;

    /// <summary>Whether spaces at the ends go, and several become one.</summary>
    public bool RemovesExtraSpaces { get; private set; } = true;

    /// <summary>Reads a <c>spiece.model</c>.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another kind.</exception>
    public static SentencePieceModel Load(string path)
    {
        var model = new SentencePieceModel(path);
        int kind = Unigram;
        var message = new ProtobufReader(RegularFile.ReadAll(path, Utf8File.MostOfDescription), path);
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1:
                    model.ReadPiece(message.Bytes);
                    break;
                case 2:
                    var trainer = new ProtobufReader(message.Bytes, path);
                    while (trainer.Next())
                        kind = trainer.Field == 3 ? (int)trainer.Number : kind;
                    break;
                case 3:
                    model.ReadNormalizer(message.Bytes);
                    break;
            }
        }
        if (kind != Unigram)
            throw new InvalidDataException($"{path}: is a model of SentencePiece, but no unigram model; only those can be run.");
        return model.Checked();
    }

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another kind.</exception>
    public static SentencePieceModel LoadJson(string path)
    {
        var model = new SentencePieceModel(path);
        var file = JsonField.LoadFromPython(path);
        JsonField unigram = file.Field("model");
        if (unigram.Field("type") is var type && type.String() != "Unigram")
        {
            throw type.Wrong($"{type.Found}; only unigram models can be run (SigLIP's), and byte-pair encoding (SigLIP 2's)");
        }

        model.Unknown = unigram.Field("unk_id").Whole(0);
        var special = (file.Optional("added_tokens")?.List() ?? [])
            .Where(token => token.Optional("special")?.Flag() == true)
            .Select(token => token.Field("content").String())
            .ToHashSet(StringComparer.Ordinal);
        foreach (JsonField entry in unigram.Field("vocab").List())
        {
            IReadOnlyList<JsonField> pair = entry.List();
            if (pair.Count != 2)
                throw entry.Expected("a piece and its score");
            string text = pair[0].String();
            SentencePieceKind kind =
                model._pieces.Count == model.Unknown ? SentencePieceKind.Unknown
                : special.Contains(text) ? SentencePieceKind.Control
                : SentencePieceKind.Normal;
            model._pieces.Add(new SentencePiece(text, (float)pair[1].Number(), kind));
        }
        if (file.Optional("normalizer") is { Kind: JsonValueKind.Object } normalizer)
            model.ReadNormalizer(normalizer);
        return model.Checked();
    }

    private void ReadNormalizer(JsonField normalizer)
    {
        foreach (JsonField part in normalizer.Optional("normalizers")?.List() ?? [])
            ReadNormalizer(part);
        if (normalizer.Optional("precompiled_charsmap") is not { } map)
            return;
        byte[] bytes = new byte[map.String().Length];
        Characters = Convert.TryFromBase64String(map.String(), bytes, out int length)
            ? new CharacterMap(bytes.AsSpan(0, length), File)
            : throw map.Expected("base64");
    }

    private void ReadPiece(ReadOnlySpan<byte> bytes)
    {
        var message = new ProtobufReader(bytes, File);
        (string text, float score, SentencePieceKind kind) = ("", 0, SentencePieceKind.Normal);
        while (message.Next())
        {
            if (message.Field == 1)
                text = Encoding.UTF8.GetString(message.Bytes);
            else if (message.Field == 2)
                score = message.Single;
            else if (message.Field == 3)
                kind = (SentencePieceKind)message.Number;
        }
        if (kind == SentencePieceKind.Byte)
            throw new InvalidDataException($"{File}: has pieces of single bytes, which can't be run.");
        if (kind == SentencePieceKind.Unknown)
            Unknown = _pieces.Count;
        _pieces.Add(new SentencePiece(text, score, kind));
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes)
    {
        var message = new ProtobufReader(bytes, File);
        while (message.Next())
        {
            if (message.Field == 2 && message.Bytes.Length > 0)
                Characters = new CharacterMap(message.Bytes, File);
            else if (message.Field == 3)
                AddsPrefix = message.Number != 0;
            else if (message.Field == 4)
                RemovesExtraSpaces = message.Number != 0;
        }
    }

    private SentencePieceModel Checked() =>
        Unknown < 0 || Unknown >= Pieces.Count ? throw new InvalidDataException($"{File}: has no piece for what is unknown.")
        : Pieces.Any(piece => !float.IsFinite(piece.Score)) ? throw new InvalidDataException($"{File}: a score is no number.")
        : this;
}
