using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Training.Samples;

/// <summary>
/// In what order and paraphrase samples are trained on; a function of the seed and the place alone. Not to be used by two threads.
/// </summary>
internal sealed class SampleOrder(ulong seed)
{
    private const ulong OrderStream = 1,
        ParaphraseStream = 2,
        EpochStream = 3;
    private readonly Dictionary<ulong, (long Index, int[] Order)> _orders = [];

    /// <summary>The sample of a stream's pool that a visit of a round falls on: one shuffled pass after the other.</summary>
    public int Visited(int stream, long round, long visit, int poolSize) =>
        Shuffled(OrderStream + (16 * (ulong)stream), (round << 32) + (visit / poolSize), poolSize)[visit % poolSize];

    /// <summary>
    /// The number of the sample that comes at a place of a stream: endless ones in order, others epoch by epoch in shuffled order.
    /// </summary>
    public long Index(int stream, long place, long? count) =>
        count is not { } samples ? place : Shuffled(EpochStream + (16 * (ulong)stream), place / samples, (int)samples)[place % samples];

    /// <summary>Where the paraphrases of a step's samples are drawn from, one after the other.</summary>
    public SceneRandom Paraphrases(int step) => new(seed, ParaphraseStream, (ulong)step);

    /// <summary>
    /// The numbers below <paramref name="count"/> in an order that seed, stream and index decide; the last one of each stream is kept.
    /// </summary>
    private int[] Shuffled(ulong stream, long index, int count)
    {
        if (_orders.TryGetValue(stream, out (long Index, int[] Order) known) && known.Index == index)
            return known.Order;
        var random = new SceneRandom(seed, stream, (ulong)index);
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        _orders[stream] = (index, order);
        return order;
    }
}
