using System.Text;

namespace Dcsm.Training.Pretraining;

/// <summary>
/// Learns a byte-pair vocabulary in CLIP's layout: 256 byte symbols, the same 256 with the end-of-word
/// suffix, an entry for what each merge makes, start and end token last (openai/CLIP, simple_tokenizer.py).
/// </summary>
internal sealed class BpeTrainer
{
    /// <summary>Name of the start token.</summary>
    public const string StartToken = "<|startoftext|>";

    /// <summary>Name of the end token, which is the padding token too.</summary>
    public const string EndToken = "<|endoftext|>";

    private const string EndOfWord = "</w>";
    private readonly Dictionary<string, string[]> _segments;

    private BpeTrainer(
        IReadOnlyDictionary<string, int> vocabulary,
        IReadOnlyList<(string Left, string Right)> merges,
        Dictionary<string, string[]> segments
    )
    {
        Vocabulary = vocabulary;
        Merges = merges;
        _segments = segments;
    }

    /// <summary>Token to id, as in vocab.json.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Merges in rank order, as in merges.txt.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>Ids of a word that was in the training corpus.</summary>
    /// <exception cref="KeyNotFoundException">The word was not in the corpus.</exception>
    public int[] Encode(string word) => [.. _segments[word].Select(s => Vocabulary[s])];

    /// <summary>Learns merges until every word is one token or <paramref name="maxMerges"/> is reached.</summary>
    /// <param name="wordCounts">Lower-case words with how often they occur.</param>
    /// <param name="maxMerges">Largest number of merges.</param>
    public static BpeTrainer Train(IReadOnlyDictionary<string, int> wordCounts, int maxMerges)
    {
        string[] bytes = ByteSymbols();
        var segments = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string word in wordCounts.Keys)
        {
            List<string> symbols = [.. Encoding.UTF8.GetBytes(word).Select(b => bytes[b])];
            symbols[^1] += EndOfWord;
            segments[word] = symbols;
        }

        var merges = new List<(string, string)>();
        while (merges.Count < maxMerges)
        {
            var pairs = new Dictionary<(string Left, string Right), int>();
            foreach ((string word, List<string> symbols) in segments)
            {
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    (string, string) pair = (symbols[i], symbols[i + 1]);
                    pairs[pair] = pairs.GetValueOrDefault(pair) + wordCounts[word];
                }
            }

            if (pairs.Count == 0)
                break;
            // Ties go to the pair that sorts first, so that the vocabulary does not depend on dictionary order.
            (string left, string right) = pairs
                .OrderByDescending(p => p.Value)
                .ThenBy(p => p.Key.Left, StringComparer.Ordinal)
                .ThenBy(p => p.Key.Right, StringComparer.Ordinal)
                .First()
                .Key;
            merges.Add((left, right));
            foreach (List<string> symbols in segments.Values)
            {
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    if (symbols[i] == left && symbols[i + 1] == right)
                    {
                        symbols[i] = left + right;
                        symbols.RemoveAt(i + 1);
                    }
                }
            }
        }

        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        IEnumerable<string> entries = ByteSymbolsInOrder()
            .Concat(ByteSymbolsInOrder().Select(b => b + EndOfWord))
            .Concat(merges.Select(m => m.Item1 + m.Item2))
            .Append(StartToken)
            .Append(EndToken);
        // Two merges may make the same token.
        foreach (string entry in entries)
            vocabulary.TryAdd(entry, vocabulary.Count);

        return new BpeTrainer(vocabulary, merges, segments.ToDictionary(s => s.Key, s => s.Value.ToArray(), StringComparer.Ordinal));
    }

    /// <summary>The printable characters that stand for bytes, in the order of CLIP's vocabulary.</summary>
    private static IEnumerable<string> ByteSymbolsInOrder()
    {
        string[] symbols = ByteSymbols();
        IEnumerable<int> printable = Enumerable
            .Range('!', '~' - '!' + 1)
            .Concat(Enumerable.Range('¡', '¬' - '¡' + 1))
            .Concat(Enumerable.Range('®', 'ÿ' - '®' + 1));
        return printable.Concat(Enumerable.Range(0, 256).Except(printable)).Select(b => symbols[b]);
    }

    /// <summary>GPT-2's byte to character table: printable bytes stand for themselves, the rest for U+0100 and up.</summary>
    private static string[] ByteSymbols()
    {
        string[] symbols = new string[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is >= '!' and <= '~' or >= '¡' and <= '¬' or >= '®' and <= 'ÿ';
            symbols[b] = ((char)(printable ? b : next++)).ToString();
        }
        return symbols;
    }
}
