namespace Dcsm.Clip.Tokenization;

/// <summary>The pairs of tokens that become one, in the order in which they were learned. Once filled, thread-safe.</summary>
/// <remarks>
/// Written by hand: <c>Microsoft.ML.Tokenizers.BpeTokenizer</c> (2.0.1) gives the same tokens, but takes time by the square of a word's
/// length. Here it is n log n, for a queue of the pairs.
/// </remarks>
internal sealed class PairMerges
{
    /// <summary>What stands for no token: it is merged with nothing.</summary>
    public const int NoToken = -1;

    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges = [];

    public void Add(int left, int right, int rank, int id) => _merges[(left, right)] = (rank, id);

    /// <summary>Merges, of all pairs always the one that was learned first, from left to right.</summary>
    /// <param name="ids">The token of each symbol; changed: where a token begins stands its id.</param>
    /// <returns>Where each of these tokens ends, which is where the next one begins.</returns>
    public int[] Apply(int[] ids)
    {
        int length = ids.Length;
        int[] ends = new int[length];
        int[] befores = new int[length];
        var pairs = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (int i = 0; i < length; i++)
            (ends[i], befores[i]) = (i + 1, i - 1);
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
            ids[next] = NoToken - 1;
            ends[at] = ends[next];
            if (ends[at] < length)
            {
                befores[ends[at]] = at;
                Offer(at);
            }
            if (befores[at] >= 0)
                Offer(befores[at]);
        }

        return ends;

        void Offer(int at)
        {
            (int left, int right) = (ids[at], ids[ends[at]]);
            if (_merges.TryGetValue((left, right), out (int Rank, int Id) merge))
                pairs.Enqueue((at, left, right), (merge.Rank, at));
        }
    }
}
