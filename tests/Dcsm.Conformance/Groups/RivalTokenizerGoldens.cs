using System.Text.Json;
using Dcsm.Clip.Tokenization;
using Dcsm.Clip.Tokenization.SentencePiece;
using Dcsm.Testing;

namespace Dcsm.Conformance.Groups;

/// <summary>Token ids by BERT's WordPiece, as BLIP has it, and by a unigram model of SentencePiece, as SigLIP has one.</summary>
internal static class RivalTokenizerGoldens
{
    // Of Google's own program; transformers stops at 100.
    private const int LongestWord = 200;

    public static IEnumerable<GoldenCheck> Verify(string folder)
    {
        string words = Path.Combine(folder, "wordpiece.jsonl"),
            pieces = Path.Combine(folder, "sentencepiece.jsonl");
        if (File.Exists(words))
        {
            var tokenizer = WordPieceTokenizer.Load(Path.Combine(folder, "vocab.txt"), LongestWord);
            yield return Compare(words, "ids of google-research/bert", tokenizer.Encode);
        }

        if (File.Exists(pieces))
        {
            var tokenizer = SentencePieceTokenizer.Load(Path.Combine(folder, "spiece.model"));
            // Nothing ends a text there.
            yield return Compare(pieces, "ids of sentencepiece 0.1.97", text => tokenizer.Encode(text)[..^1]);
        }
    }

    private static GoldenCheck Compare(string path, string compared, Func<string, int[]> encode)
    {
        JsonElement[] lines = [.. GoldenJson.Lines(path)];
        string[] differing =
        [
            .. lines
                .Where(line => !encode(line.GetProperty("text").GetString()!).SequenceEqual(GoldenJson.Integers(line.GetProperty("ids"))))
                .Select(line => line.GetProperty("text").GetString()!),
        ];
        return new GoldenCheck(
            $"tokenizer-rivals/{Path.GetFileName(path)}",
            $"{compared}, {lines.Length} texts",
            differing.Length,
            0,
            differing.Length == 0 ? null : $"differ: {string.Join(" | ", differing)}"
        );
    }
}
