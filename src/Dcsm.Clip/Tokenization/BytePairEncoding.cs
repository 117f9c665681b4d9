using System.Collections.Concurrent;
using Microsoft.ML.Tokenizers;

namespace Dcsm.Clip.Tokenization;

/// <summary>The tokens of one word, which is written in <see cref="ByteAlphabet"/>.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Ends">For each token the byte after its last.</param>
internal sealed record EncodedWord(int[] Ids, int[] Ends);

/// <summary>BPE of single words by <see cref="BpeTokenizer"/>, remembered.</summary>
internal sealed class BytePairEncoding
{
    private const int LongestRemembered = 64,
        MostRemembered = 1 << 16;

    private readonly BpeTokenizer _bpe;
    private readonly ConcurrentDictionary<string, EncodedWord> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EncodedWord>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public BytePairEncoding(TokenizerFiles files)
    {
        try
        {
            _bpe = BpeTokenizer.Create(
                new BpeOptions(files.Vocabulary)
                {
                    Merges = files.Merges,
                    EndOfWordSuffix = ClipTokenizer.EndOfWord,
                    UnknownToken = files.Vocabulary.ContainsKey(files.Unknown.Content) ? files.Unknown.Content : null,
                    // Without one, BpeTokenizer splits words from punctuation by itself.
                    PreTokenizer = new WholeWord(),
                }
            );
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{files.Source}: not a usable BPE vocabulary: {e.Message}", e);
        }
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public EncodedWord Encode(ReadOnlySpan<char> word)
    {
        if (_lookup.TryGetValue(word, out EncodedWord? known))
            return known;
        IReadOnlyList<EncodedToken> tokens = _bpe.EncodeToTokens(word, out _, considerPreTokenization: true, considerNormalization: false);
        var encoded = new EncodedWord([.. tokens.Select(token => token.Id)], [.. tokens.Select(token => token.Offset.End.Value)]);
        if (word.Length <= LongestRemembered && _words.Count < MostRemembered)
            _lookup.TryAdd(word, encoded);
        return encoded;
    }

    private sealed class WholeWord : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Whole(text.Length);

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Whole(text.Length);

        private static (int Offset, int Length)[] Whole(int length) => length == 0 ? [] : [(0, length)];
    }
}
