using System.Collections.Concurrent;

namespace Dcsm.Clip.Tokenization;

/// <summary>The tokens of one word, which is written in <see cref="ByteAlphabet"/>.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Ends">For each token the byte after its last.</param>
internal sealed record EncodedWord(int[] Ids, int[] Ends);

/// <summary>BPE of single words, remembered: of all pairs that may be merged the one that was learned first, from left to right.</summary>
/// <remarks>
/// Written by hand: <c>Microsoft.ML.Tokenizers.BpeTokenizer</c> (2.0.1) gives the same tokens, but takes time by the square of a word's
/// length. Here it is n log n, for a queue of the pairs.
/// </remarks>
internal sealed class BytePairEncoding
{
    private const int LongestRemembered = 64,
        MostRemembered = 1 << 16,
        Unknown = -1;

    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges = [];
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
            _inside[letter] = vocabulary.GetValueOrDefault($"{letter}", Unknown);
            _last[letter] = vocabulary.GetValueOrDefault(letter + ClipTokenizer.EndOfWord, Unknown);
        }

        for (int rank = 0; rank < files.Merges.Count; rank++)
        {
            string[] parts = files.Merges[rank].Split(' ');
            _merges[(vocabulary[parts[0]], vocabulary[parts[1]])] = (rank, vocabulary[parts[0] + parts[1]]);
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
        // A token begins at each place that has an id; the next one begins at its end.
        int[] ids = new int[length];
        int[] ends = new int[length];
        int[] befores = new int[length];
        var pairs = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (int i = 0; i < length; i++)
        {
            ids[i] = (i == length - 1 ? _last : _inside)[word[i]];
            (ends[i], befores[i]) = (i + 1, i - 1);
        }
        for (int i = 0; i + 1 < length; i++)
            Offer(i);
        while (pairs.TryDequeue(out (int At, int Left, int Right) pair, out _))
        {
            int at = pair.At,
                next = ends[at];
            // What has been merged meanwhile is another pair.
            if (ids[at] != pair.Left || next == length || ids[next] != pair.Right)
                continue;
            ids[at] = _merges[(pair.Left, pair.Right)].Id;
            ids[next] = Unknown - 1;
            ends[at] = ends[next];
            if (ends[at] < length)
            {
                befores[ends[at]] = at;
                Offer(at);
            }
            if (befores[at] >= 0)
                Offer(befores[at]);
        }

        List<int> tokens = [],
            places = [];
        for (int at = 0; at < length; at = ends[at])
        {
            if ((ids[at] == Unknown ? _unknown : ids[at]) is not { } id)
                continue;
            tokens.Add(id);
            places.Add(ends[at]);
        }
        return new EncodedWord([.. tokens], [.. places]);

        void Offer(int at)
        {
            (int left, int right) = (ids[at], ids[ends[at]]);
            if (_merges.TryGetValue((left, right), out (int Rank, int Id) merge))
                pairs.Enqueue((at, left, right), (merge.Rank, at));
        }
    }
}
