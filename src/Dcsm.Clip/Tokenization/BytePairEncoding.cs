using System.Collections.Concurrent;

namespace Dcsm.Clip.Tokenization;

/// <summary>The tokens of one word, which is written in <see cref="ByteAlphabet"/>.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Ends">For each token the byte after its last.</param>
internal sealed record EncodedWord(int[] Ids, int[] Ends);

/// <summary>BPE of single words, remembered: of all pairs that may be merged the one that was learned first, from left to right.</summary>
internal sealed class BytePairEncoding
{
    private const int LongestRemembered = 64,
        MostRemembered = 1 << 16;

    private readonly PairMerges _merges = new();
    private readonly Dictionary<char, int> _inside = [];
    private readonly Dictionary<char, int> _last = [];
    private readonly int? _unknown;
    private readonly ConcurrentDictionary<string, EncodedWord> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EncodedWord>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public BytePairEncoding(TokenizerFiles files)
    {
        Dictionary<string, int> vocabulary = files.Vocabulary;
        for (int value = 0; value < 256; value++)
        {
            char letter = ByteAlphabet.Char((byte)value);
            _inside[letter] = vocabulary.GetValueOrDefault($"{letter}", PairMerges.NoToken);
            _last[letter] = vocabulary.GetValueOrDefault(letter + ClipTokenizer.EndOfWord, PairMerges.NoToken);
        }

        for (int rank = 0; rank < files.Merges.Count; rank++)
        {
            string[] parts = files.Merges[rank].Split(' ');
            _merges.Add(vocabulary[parts[0]], vocabulary[parts[1]], rank, vocabulary[parts[0] + parts[1]]);
        }

        _unknown = vocabulary.TryGetValue(files.Unknown.Content, out int unknown) ? unknown : null;
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public EncodedWord Encode(ReadOnlySpan<char> word)
    {
        if (_lookup.TryGetValue(word, out EncodedWord? known))
            return known;
        EncodedWord encoded = Merge(word);
        if (word.Length <= LongestRemembered && _words.Count < MostRemembered)
            _lookup.TryAdd(word, encoded);
        return encoded;
    }

    private EncodedWord Merge(ReadOnlySpan<char> word)
    {
        int length = word.Length;
        int[] ids = new int[length];
        for (int i = 0; i < length; i++)
            ids[i] = (i == length - 1 ? _last : _inside)[word[i]];
        int[] ends = _merges.Apply(ids);
        List<int> tokens = [],
            places = [];
        for (int at = 0; at < length; at = ends[at])
        {
            if ((ids[at] == PairMerges.NoToken ? _unknown : ids[at]) is not { } id)
                continue;
            tokens.Add(id);
            places.Add(ends[at]);
        }
        return new EncodedWord([.. tokens], [.. places]);
    }
}
