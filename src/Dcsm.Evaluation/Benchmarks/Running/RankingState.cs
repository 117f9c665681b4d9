using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>
/// Ranks of one scorer, picture by picture, without its scores: of a caption whose own picture is known only what stands above or beside it
/// counts. Rows are summarized and taken in the same order, whether they come from the scorer or from a log.
/// </summary>
internal sealed class RankingState
{
    private readonly IReadOnlyList<RetrievalCaption> _captions;
    private readonly float[] _own;
    private readonly int[] _higher,
        _equal;
    private readonly List<(int Image, float Score)>?[] _waiting;
    private readonly RankSteps[] _others;

    public RankingState(RetrievalBenchmark benchmark)
    {
        _captions = benchmark.Captions;
        _own = new float[_captions.Count];
        Array.Fill(_own, float.NaN);
        (_higher, _equal) = (new int[_captions.Count], new int[_captions.Count]);
        _waiting = new List<(int, float)>?[_captions.Count];
        _others = [.. benchmark.Images.Select(_ => new RankSteps())];
    }

    /// <summary>What there is to be known of a picture's scores.</summary>
    /// <param name="row">With the captions from the first one.</param>
    /// <param name="first">The first caption.</param>
    public RankedRow Summarize(ReadOnlySpan<float> row, int first)
    {
        int known = Known(first, row.Length);
        var waiting = new List<float>(row.Length - known);
        (byte[] higher, byte[] equal) = (new byte[Bytes(known)], new byte[Bytes(known)]);
        var top = new RankSteps();
        for (int i = 0, bit = 0; i < row.Length; i++)
        {
            float own = _own[first + i];
            if (float.IsNaN(own))
            {
                waiting.Add(row[i]);
                continue;
            }

            Set(
                row[i] > own ? higher
                    : row[i] == own ? equal
                    : null,
                bit++
            );
            top.Add(new RankStep(row[i], 1));
        }

        return new RankedRow([.. waiting], higher, equal, [.. top.All]);

        static void Set(byte[]? bits, int bit)
        {
            if (bits is not null)
                bits[bit / 8] |= (byte)(1 << (bit % 8));
        }
    }

    /// <summary>Whether a row can be what comes next.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The first caption.</param>
    /// <param name="count">Captions.</param>
    public bool Fits(RankedRow row, int first, int count)
    {
        int known = Known(first, count);
        return row.Waiting.Length == count - known && row.Higher.Length == Bytes(known) && row.Equal.Length == Bytes(known);
    }

    /// <summary>Takes a row.</summary>
    /// <param name="image">Its picture.</param>
    /// <param name="first">The first caption.</param>
    /// <param name="count">Captions.</param>
    /// <param name="row">What <see cref="Summarize"/> said.</param>
    public void Take(int image, int first, int count, RankedRow row)
    {
        int next = 0,
            bit = 0;
        for (int caption = first; caption < first + count; caption++)
        {
            if (!float.IsNaN(_own[caption]))
            {
                _higher[caption] += Bit(row.Higher, bit);
                _equal[caption] += Bit(row.Equal, bit++);
            }
            else if (_captions[caption].Image != image)
            {
                (_waiting[caption] ??= []).Add((image, row.Waiting[next++]));
            }
            else
            {
                Resolve(caption, row.Waiting[next++]);
            }
        }

        foreach (RankStep step in row.Top)
            _others[image].Add(step);

        static int Bit(byte[] bits, int bit) => (bits[bit / 8] >> (bit % 8)) & 1;
    }

    /// <summary>The ranks among those pictures that were not left out, and their captions.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="captions">The captions.</param>
    public RetrievalRanks Ranks(IReadOnlyList<int> images, IReadOnlyList<int> captions)
    {
        ILookup<int, float> own = captions.ToLookup(caption => _captions[caption].Image, caption => _own[caption]);
        return new RetrievalRanks(
            [.. captions.Select(caption => _own[caption])],
            [.. captions.Select(caption => new QueryRank(_higher[caption], 1, _equal[caption]))],
            [.. images.Select(image => Rank(_others[image], own[image]))]
        );
    }

    // Captions of the picture itself that are not its best seek the same place, and stand in nobody's way but as others.
    private static QueryRank? Rank(RankSteps others, IEnumerable<float> own)
    {
        float[] scores = [.. own];
        if (scores.Length == 0)
            return null;
        float best = scores.Max();
        (int higher, int equal) = others.Beside(best);
        return new QueryRank(higher, scores.Count(score => score == best), equal);
    }

    // Whoever waited for it stands above it, beside it or below, and is one of the captions of his picture from now on.
    private void Resolve(int caption, float own)
    {
        _own[caption] = own;
        foreach ((int image, float score) in _waiting[caption] ?? [])
        {
            _higher[caption] += score > own ? 1 : 0;
            _equal[caption] += score == own ? 1 : 0;
            _others[image].Add(new RankStep(score, 1));
        }

        _waiting[caption] = null;
    }

    private int Known(int first, int count)
    {
        int known = 0;
        foreach (float own in _own.AsSpan(first, count))
            known += float.IsNaN(own) ? 0 : 1;
        return known;
    }

    private static int Bytes(int bits) => (bits + 7) / 8;
}
