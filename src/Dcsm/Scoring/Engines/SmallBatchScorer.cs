using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Convolutions;
using Dcsm.Numerics.Maps;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Scoring.Engines;

/// <summary>
/// Scores a few pairs, too few to fill the lanes: a thread takes a pair as far as its features, then every thread a part of
/// the hidden layer. Every number is summed in the same order as in <see cref="InterleavedScoreEngine{TVector}"/>, so scores are the same
/// to the bit.
/// </summary>
internal sealed unsafe class SmallBatchScorer<TVector>(InterleavedShape shape, InterleavedHead<TVector> head, float[] functionalRows)
    where TVector : unmanaged, IFloatVector<TVector>
{
    // Hidden units and pairs that are summed side by side.
    private const int UnitsTogether = 32,
        PairsTogether = 2;

    private const int TokensTogether = 48;

    // Steps of the sum that weights are fetched ahead; what comes after the last ones is fetched for nothing.
    private const int Ahead = 16;

    // fc1 once more, so that units fill vectors. [groups of units, imageTokens, channels, textTokens, units of the group]
    private readonly Lazy<AlignedFloats> _weights = new(() => Pack(shape, head));

    private readonly ConcurrentBag<Buffers> _idleBuffers = [];
    private readonly ConcurrentBag<Sums> _idle = [];

    // Columns of a row: zeros at either side, and as many as two vectors reach over the end.
    private readonly int _stride = 2 * TVector.Count * (ColumnSteps(shape) + 1);

    /// <summary>Scores pairs.</summary>
    /// <param name="pairs">The pairs, by index.</param>
    /// <param name="number">For each pair its number in the output.</param>
    internal void Run(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        IReadOnlyList<(int Image, int Caption)> pairs,
        Func<int, int> number,
        ScoreOutput output,
        ParallelOptions parallel
    )
    {
        if (!_idle.TryTake(out Sums? sums))
            sums = new Sums(this);
        float* features = sums.Features.Pointer,
            hidden = sums.Hidden.Pointer;
        bool[] finite = sums.Finite;
        if (output.Scores is not null)
            new Span<float>(hidden, checked((int)(pairs.Count * HiddenStride))).Clear();
        int groups = output.Scores is null ? 0 : Groups;
        int threads = parallel.MaxDegreeOfParallelism > 0 ? parallel.MaxDegreeOfParallelism : Environment.ProcessorCount;
        int taken = -1,
            finished = 0;
        // Pairs are taken before groups of units, so whoever waits for pairs waits for a thread that runs.
        Parallel.For(
            0,
            Math.Min(threads, Math.Max(pairs.Count, groups)),
            parallel,
            _ =>
            {
                for (int item; (item = Interlocked.Increment(ref taken)) < pairs.Count + groups; )
                {
                    if (item < pairs.Count)
                    {
                        try
                        {
                            finite[item] = Pair(
                                images,
                                texts,
                                layouts,
                                pairs[item],
                                number(item),
                                output,
                                features + (item * FeaturesStride)
                            );
                        }
                        finally
                        {
                            Interlocked.Increment(ref finished);
                        }
                        continue;
                    }
                    var wait = default(SpinWait);
                    while (Volatile.Read(ref finished) < pairs.Count)
                        wait.SpinOnce(sleep1Threshold: -1);
                    for (int pair = 0; pair < pairs.Count; pair += PairsTogether)
                    {
                        // The last pair stands in for one that is not there.
                        int other = Math.Min(pair + 1, pairs.Count - 1);
                        Hidden(
                            item - pairs.Count,
                            features + (pair * FeaturesStride),
                            features + (other * FeaturesStride),
                            hidden + (pair * HiddenStride),
                            hidden + (other * HiddenStride)
                        );
                    }
                }
            }
        );
        for (int pair = 0; output.Scores is { } scores && pair < pairs.Count; pair++)
            scores[number(pair)] = finite[pair] ? head.Finish(hidden + (pair * HiddenStride)) : float.NaN;
        _idle.Add(sums);
    }

    /// <summary>A pair as far as its features.</summary>
    /// <returns>Whether its map is finite.</returns>
    private bool Pair(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        (int Image, int Caption) pair,
        int number,
        ScoreOutput output,
        float* features
    )
    {
        if (!_idleBuffers.TryTake(out Buffers? work))
            work = new Buffers(shape, _stride);
        Map(work, images, pair.Image, texts, pair.Caption, layouts[pair.Caption]);
        MapStatistics statistics = output.Together ?? Measure(work);
        if (output.Statistics is not null && output.Together is null)
            output.Statistics[number] = statistics;
        if (output.Scores is not null)
        {
            Standardize(work, statistics);
            Features(work, features);
        }
        _idleBuffers.Add(work);
        return output.Together is not null || statistics.IsFinite;
    }

    // Features stand as fc1 reads them: [imageTokens, channels, textTokens].
    private nint FeaturesStride => ((nint)shape.ImageTokens * shape.FeatureChannels * shape.TextTokens) + 16;

    private int Groups => GroupsOf(shape);

    private nint HiddenStride => (nint)Groups * UnitsTogether;

    private void Map(Buffers work, TokenEmbeddings images, int image, TokenEmbeddings texts, int caption, ColumnLayout layout)
    {
        int lanes = shape.Lanes;
        fixed (
            float* imageTokens = images[image],
                textTokens = texts[caption]
        )
        {
            Gemm.PackPanels(textTokens, shape.TextTokens, shape.Dimension, lanes, work.Packed.Pointer);
            // So many image tokens at a time that they stay near while all panels pass.
            for (nint first = 0; first < shape.ImageTokens; first += TokensTogether)
            {
                int tokens = (int)Math.Min(TokensTogether, shape.ImageTokens - first);
                for (int panel = 0; panel < shape.Panels; panel++)
                {
                    Gemm.Multiply<TVector>(
                        imageTokens + (first * shape.Dimension),
                        shape.Dimension,
                        work.Packed.Pointer + ((nint)panel * shape.Dimension * lanes),
                        1,
                        work.Products.Pointer,
                        lanes,
                        tokens,
                        shape.Dimension
                    );
                    for (int column = 0; column < shape.TextTokens; column++)
                    {
                        int token = layout.Tokens[column] - (panel * lanes);
                        if (layout.Rows[column] >= 0 || (uint)token >= (uint)lanes)
                            continue;
                        for (nint i = 0; i < tokens; i++)
                            Row(work.Map, first + i)[column] = work.Products.Pointer[(i * lanes) + token];
                    }
                }
            }
        }
        for (int column = 0; column < shape.TextTokens; column++)
        {
            for (nint i = 0; layout.Rows[column] >= 0 && i < shape.ImageTokens; i++)
                Row(work.Map, i)[column] = functionalRows[((nint)layout.Rows[column] * shape.ImageTokens) + i];
        }
    }

    private MapStatistics Measure(Buffers work)
    {
        long count = (long)shape.ImageTokens * shape.TextTokens;
        double mean = Sum(work, 0, squared: false) / count;
        return MapStatistics.FromRounded(count, mean, Sum(work, (float)mean, squared: true));
    }

    /// <summary>Sum of all values, or of their squared distances to <paramref name="mean"/>: a row in float, the rows in double.</summary>
    private double Sum(Buffers work, float mean, bool squared)
    {
        const int Together = 4;
        double sum = 0.0;
        float* sums = stackalloc float[Together];
        for (nint first = 0; first < shape.ImageTokens; first += Together)
        {
            // Rows that are not there are the last one once more.
            int last = shape.ImageTokens - 1;
            float* r0 = Row(work.Map, first),
                r1 = Row(work.Map, Math.Min(first + 1, last)),
                r2 = Row(work.Map, Math.Min(first + 2, last)),
                r3 = Row(work.Map, Math.Min(first + 3, last));
            float s0 = 0,
                s1 = 0,
                s2 = 0,
                s3 = 0;
            for (nint column = 0; column < shape.TextTokens; column++)
            {
                float x0 = r0[column] - mean,
                    x1 = r1[column] - mean,
                    x2 = r2[column] - mean,
                    x3 = r3[column] - mean;
                s0 = squared ? float.MultiplyAddEstimate(x0, x0, s0) : s0 + x0;
                s1 = squared ? float.MultiplyAddEstimate(x1, x1, s1) : s1 + x1;
                s2 = squared ? float.MultiplyAddEstimate(x2, x2, s2) : s2 + x2;
                s3 = squared ? float.MultiplyAddEstimate(x3, x3, s3) : s3 + x3;
            }
            (sums[0], sums[1], sums[2], sums[3]) = (s0, s1, s2, s3);
            for (int row = 0; row < Together && first + row <= last; row++)
                sum += sums[row];
        }
        return sum;
    }

    private void Standardize(Buffers work, MapStatistics statistics)
    {
        (float mean, float scale) = ((float)statistics.Mean, (float)statistics.Scale);
        for (nint i = 0; i < shape.ImageTokens; i++)
        {
            float* row = Row(work.Map, i);
            for (nint column = 0; column < shape.TextTokens; column += TVector.Count)
            {
                TVector.Store(
                    TVector.Multiply(TVector.Subtract(TVector.Load(row + column), TVector.Broadcast(mean)), TVector.Broadcast(scale)),
                    row + column
                );
            }
            // The border that vectors reach into.
            for (int over = shape.TextTokens; over % TVector.Count > 0; over++)
                row[over] = 0;
        }
    }

    /// <summary>All convolutions, into [imageTokens, channels, textTokens].</summary>
    private void Features(Buffers work, float* features)
    {
        (int columns, int steps, int last) = (shape.TextTokens, ColumnSteps(shape), shape.Convolutions);
        (AlignedFloats? input, int inputs, AlignedFloats? output) = (work.Map, 1, work.First);
        for (int layer = 1; layer <= last; layer++)
        {
            Convolution3x3 convolution = head.Convolution(layer);
            for (nint row = 0; row < shape.ImageTokens; row++)
            {
                float* above = Row(input, row - 1) - 1,
                    to = Row(output, row);
                convolution.Row<TVector>(above, above + _stride, above + (2 * _stride), PlaneStride, 1, steps, to, PlaneStride);
                // What vectors reach over the end is the border of zeros that the next convolution reads.
                for (int channel = 0; channel < convolution.Outputs; channel++, to += PlaneStride)
                    new Span<float>(to + columns, (2 * TVector.Count * steps) - columns).Clear();
            }
            (input, inputs, output) = (output, convolution.Outputs, output == work.First ? work.Second : work.First);
        }
        for (nint row = 0; row < shape.ImageTokens; row++)
        {
            for (int channel = 0; channel < inputs; channel++, features += columns)
                new ReadOnlySpan<float>(Row(input, row) + (channel * PlaneStride), columns).CopyTo(new Span<float>(features, columns));
        }
    }

    /// <summary>The sums of a group of hidden units for two pairs, some rows of features at a time, as the lanes sum them.</summary>
    private void Hidden(int group, float* features0, float* features1, float* hidden0, float* hidden1)
    {
        int perRow = shape.FeatureChannels * shape.TextTokens;
        float* from = _weights.Value.Pointer + ((nint)group * UnitsTogether * shape.ImageTokens * perRow);
        for (int row = 0; row < shape.ImageTokens; row += InterleavedHead<TVector>.RowsTogether)
        {
            int depth = Math.Min(InterleavedHead<TVector>.RowsTogether, shape.ImageTokens - row) * perRow;
            AddUnits(features0, features1, from, depth, hidden0 + (group * UnitsTogether), hidden1 + (group * UnitsTogether));
            features0 += depth;
            features1 += depth;
            from += (nint)depth * UnitsTogether;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddUnits(float* x0, float* x1, float* weights, int depth, float* hidden0, float* hidden1)
    {
        FloatVector256 a0,
            a1,
            a2,
            a3,
            b0,
            b1,
            b2,
            b3;
        a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = FloatVector256.Zero;
        for (nint k = 0; k < depth; k++, weights += UnitsTogether)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(weights + (Ahead * UnitsTogether));
                Sse.Prefetch0(weights + (Ahead * UnitsTogether) + 16);
            }
            FloatVector256 first = FloatVector256.Broadcast(x0[k]),
                second = FloatVector256.Broadcast(x1[k]);
            var w = FloatVector256.Load(weights);
            a0 = FloatVector256.MultiplyAdd(w, first, a0);
            b0 = FloatVector256.MultiplyAdd(w, second, b0);
            w = FloatVector256.Load(weights + 8);
            a1 = FloatVector256.MultiplyAdd(w, first, a1);
            b1 = FloatVector256.MultiplyAdd(w, second, b1);
            w = FloatVector256.Load(weights + 16);
            a2 = FloatVector256.MultiplyAdd(w, first, a2);
            b2 = FloatVector256.MultiplyAdd(w, second, b2);
            w = FloatVector256.Load(weights + 24);
            a3 = FloatVector256.MultiplyAdd(w, first, a3);
            b3 = FloatVector256.MultiplyAdd(w, second, b3);
        }
        // The second pair's sums first: it may be the first pair once more, whose sums then count.
        (b0, b1, b2, b3) = (
            FloatVector256.Add(FloatVector256.Load(hidden1), b0),
            FloatVector256.Add(FloatVector256.Load(hidden1 + 8), b1),
            FloatVector256.Add(FloatVector256.Load(hidden1 + 16), b2),
            FloatVector256.Add(FloatVector256.Load(hidden1 + 24), b3)
        );
        (a0, a1, a2, a3) = (
            FloatVector256.Add(FloatVector256.Load(hidden0), a0),
            FloatVector256.Add(FloatVector256.Load(hidden0 + 8), a1),
            FloatVector256.Add(FloatVector256.Load(hidden0 + 16), a2),
            FloatVector256.Add(FloatVector256.Load(hidden0 + 24), a3)
        );
        FloatVector256.Store(b0, hidden1);
        FloatVector256.Store(b1, hidden1 + 8);
        FloatVector256.Store(b2, hidden1 + 16);
        FloatVector256.Store(b3, hidden1 + 24);
        FloatVector256.Store(a0, hidden0);
        FloatVector256.Store(a1, hidden0 + 8);
        FloatVector256.Store(a2, hidden0 + 16);
        FloatVector256.Store(a3, hidden0 + 24);
    }

    /// <summary>Steps of two vectors that reach over all columns.</summary>
    private static int ColumnSteps(InterleavedShape shape) => (shape.TextTokens + (2 * TVector.Count) - 1) / (2 * TVector.Count);

    private static int GroupsOf(InterleavedShape shape) => (shape.Hidden + UnitsTogether - 1) / UnitsTogether;

    private static AlignedFloats Pack(InterleavedShape shape, InterleavedHead<TVector> head)
    {
        const int Units = Gemm.TileRows,
            RowsTogether = InterleavedHead<TVector>.RowsTogether;
        int perRow = shape.FeatureChannels * shape.TextTokens;
        var packed = new AlignedFloats((long)GroupsOf(shape) * UnitsTogether * shape.ImageTokens * perRow);
        Parallel.For(
            0,
            (shape.ImageTokens + RowsTogether - 1) / RowsTogether,
            block =>
            {
                int row = block * RowsTogether;
                int depth = Math.Min(RowsTogether, shape.ImageTokens - row) * perRow;
                float* from = head.HiddenWeights(row);
                for (int unit = 0; unit < shape.Hidden; unit++)
                {
                    (int group, int tile) = (unit / UnitsTogether, unit / Units);
                    float* to =
                        packed.Pointer + ((((nint)group * shape.ImageTokens) + row) * perRow * UnitsTogether) + (unit % UnitsTogether);
                    float* own = from + ((nint)tile * depth * Units) + (unit % Units);
                    for (nint k = 0; k < depth; k++)
                        to[k * UnitsTogether] = own[k * Units];
                }
            }
        );
        return packed;
    }

    private nint PlaneStride => (nint)(shape.ImageTokens + 2) * _stride;

    /// <summary>A row of the first channel; −1 is the border of zeros above.</summary>
    private float* Row(AlignedFloats planes, nint row) => planes.Pointer + ((row + 1) * _stride) + TVector.Count;

    /// <summary>What becomes of the pairs of a run; there are no more than half the lanes, a vector's width.</summary>
    private sealed class Sums(SmallBatchScorer<TVector> scorer)
    {
        public AlignedFloats Features { get; } = new(TVector.Count * scorer.FeaturesStride);

        public AlignedFloats Hidden { get; } = new(TVector.Count * scorer.HiddenStride);

        public bool[] Finite { get; } = new bool[TVector.Count];
    }

    /// <summary>What a thread needs for a pair.</summary>
    private sealed class Buffers(InterleavedShape shape, int stride)
    {
        /// <summary>[imageTokens + 2, stride]</summary>
        public AlignedFloats Map { get; } = new((long)(shape.ImageTokens + 2) * stride);

        /// <summary>[channels, imageTokens + 2, stride]</summary>
        public AlignedFloats First { get; } = new(shape.Convolutions < 1 ? 0 : (long)shape.Channels * (shape.ImageTokens + 2) * stride);

        /// <summary>Likewise, for what is read by the next convolution.</summary>
        public AlignedFloats Second { get; } = new(shape.Convolutions < 2 ? 0 : (long)shape.Channels * (shape.ImageTokens + 2) * stride);

        /// <summary>By <see cref="Gemm.PackPanels"/>.</summary>
        public AlignedFloats Packed { get; } = new((long)shape.Panels * shape.Dimension * shape.Lanes);

        /// <summary>[imageTokens, lanes]</summary>
        public AlignedFloats Products { get; } = new((long)shape.ImageTokens * shape.Lanes);
    }
}
