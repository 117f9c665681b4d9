using System.Collections.Concurrent;
using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Scoring;

/// <summary><see cref="ScoreEngine"/> for one width of vectors.</summary>
internal sealed unsafe class LaneEngine<TVector> : ScoreEngine
    where TVector : unmanaged, ISimd<TVector>
{
    // Captions packed at a time: at 30 x 512 they are 60 KiB each.
    private const int CaptionsPacked = 256;

    private readonly LaneShape shape;
    private readonly LaneHead<TVector> head;
    private readonly float[] functionalRows;
    private readonly ConcurrentBag<LaneWorkspace> idle = [];
    private readonly FewPairs<TVector> few;

    internal LaneEngine(DcsmConfig config, DcsmHeadWeights weights)
    {
        shape = new LaneShape(config, 2 * TVector.Count);
        head = new LaneHead<TVector>(shape, weights);
        functionalRows = weights.FunctionalRows;
        few = new FewPairs<TVector>(shape, head, functionalRows);
    }

    internal override int Lanes => shape.Lanes;

    internal static void ComputeMap(float* image, int rows, float* text, int columns, int dimension, float* map)
    {
        var lanes = 2 * TVector.Count;
        var panels = (columns + lanes - 1) / lanes;
        var packed = new AlignedFloats((long)panels * dimension * lanes);
        var products = new AlignedFloats((long)rows * lanes);
        LaneMaps<TVector>.PackTokens(text, columns, dimension, lanes, packed.Pointer);
        for (var panel = 0; panel < panels; panel++)
        {
            Gemm<TVector>.Multiply(
                image, dimension, packed.Pointer + ((nint)panel * dimension * lanes), products.Pointer, lanes, rows, dimension,
                accumulate: false);
            var first = panel * lanes;
            var width = Math.Min(lanes, columns - first);
            for (nint i = 0; i < rows; i++)
                new Span<float>(products.Pointer + (i * lanes), width).CopyTo(new Span<float>(map + (i * columns) + first, width));
        }
    }

    internal override void ScoreMaps(ReadOnlySpan<float> maps, Span<float> scores)
    {
        var count = scores.Length;
        var size = (nint)shape.ImageTokens * shape.TextTokens;
        fixed (float* mapsStart = maps, scoresStart = scores)
        {
            // Pointers cannot be captured; the memory is fixed until the loop is over.
            var (from, to) = ((nint)mapsStart, (nint)scoresStart);
            Parallel.For(0, (count + Lanes - 1) / Lanes, group =>
            {
                var work = Rent();
                var first = group * Lanes;
                var used = Math.Min(Lanes, count - first);
                for (var lane = 0; lane < used; lane++)
                    LaneMaps<TVector>.FromMap(shape, work, lane, (float*)from + ((first + lane) * size));
                Span<float> results = stackalloc float[Lanes];
                head.Run(work, results);
                results[..used].CopyTo(new Span<float>((float*)to + first, used));
                idle.Add(work);
            });
        }
    }

    internal override void Grid(
        TokenEmbeddings images, TokenEmbeddings texts, ColumnLayout[] layouts, ScoreOutput output, ParallelOptions parallel)
    {
        var whole = texts.Count / Lanes * Lanes;
        var groupsPacked = Math.Max(1, CaptionsPacked / Lanes);
        var panel = (nint)shape.TextTokens * shape.Dimension * Lanes;
        var packed = whole == 0 || images.Count == 0 ? null : new AlignedFloats(Math.Min(groupsPacked, whole / Lanes) * panel);
        for (var first = 0; packed != null && first < whole; first += groupsPacked * Lanes)
        {
            var start = first;
            var groups = Math.Min(groupsPacked, (whole - start) / Lanes);
            Parallel.For(0, groups, parallel, group => Pack(texts, layouts, start + (group * Lanes), packed.Pointer + (group * panel)));
            // Captions within images, so that a thread meets the same image again while it is still near.
            Parallel.For(0L, (long)images.Count * groups, parallel, item =>
            {
                var (image, group) = ((int)(item / groups), (int)(item % groups));
                var work = Rent();
                fixed (float* tokens = images[image])
                    LaneMaps<TVector>.FromCaptions(shape, work, tokens, packed.Pointer + (group * panel));
                var caption = start + (group * Lanes);
                for (var lane = 0; lane < Lanes; lane++)
                    LaneMaps<TVector>.PlaceRows(shape, work, lane, layouts[caption + lane], functionalRows);
                var numbers = stackalloc int[Lanes];
                for (var lane = 0; lane < Lanes; lane++)
                    numbers[lane] = (image * texts.Count) + caption + lane;
                Deliver(work, new ReadOnlySpan<int>(numbers, Lanes), output);
                idle.Add(work);
            });
        }

        // Captions that do not fill the lanes share them with those of other images.
        var left = texts.Count - whole;
        if (left == 0)
            return;
        Pairs(
            images, texts, layouts, new GridPairs(images.Count, whole, left),
            pair => ((pair / left) * texts.Count) + whole + (pair % left), output, parallel);
    }

    internal override void Pairs(
        TokenEmbeddings images, TokenEmbeddings texts, ColumnLayout[] layouts, IReadOnlyList<(int Image, int Caption)> pairs,
        Func<int, int>? number, ScoreOutput output, ParallelOptions parallel)
    {
        if (pairs.Count <= Lanes / 2)
        {
            few.Run(images, texts, layouts, pairs, number ?? (static pair => pair), output, parallel);
            return;
        }
        var packedText = new ConcurrentDictionary<int, AlignedFloats>();
        Parallel.For(0, (pairs.Count + Lanes - 1) / Lanes, parallel, group =>
        {
            var work = Rent();
            var first = group * Lanes;
            var used = Math.Min(Lanes, pairs.Count - first);
            Span<int> numbers = stackalloc int[used];
            for (var lane = 0; lane < used; lane++)
            {
                var (image, caption) = pairs[first + lane];
                var packed = packedText.GetOrAdd(caption, key => PackOne(texts, key));
                fixed (float* tokens = images[image])
                    LaneMaps<TVector>.FromPair(shape, work, lane, tokens, packed.Pointer, layouts[caption]);
                LaneMaps<TVector>.PlaceRows(shape, work, lane, layouts[caption], functionalRows);
                numbers[lane] = number is null ? first + lane : number(first + lane);
            }
            Deliver(work, numbers, output);
            idle.Add(work);
        });
    }

    private LaneWorkspace Rent() => idle.TryTake(out var work) ? work : new LaneWorkspace(shape);

    private void Deliver(LaneWorkspace work, ReadOnlySpan<int> numbers, ScoreOutput output)
    {
        if (output.Together is { } together)
        {
            Array.Fill(work.Statistics, together);
        }
        else
        {
            LaneMaps<TVector>.Measure(shape, work);
            for (var lane = 0; output.Statistics != null && lane < numbers.Length; lane++)
                output.Statistics[numbers[lane]] = work.Statistics[lane];
        }
        if (output.Scores is null)
            return;
        LaneMaps<TVector>.Standardize(shape, work);
        Span<float> results = stackalloc float[Lanes];
        head.Run(work, results);
        for (var lane = 0; lane < numbers.Length; lane++)
            output.Scores[numbers[lane]] = output.Together is null && !work.Statistics[lane].IsFinite ? float.NaN : results[lane];
    }

    private void Pack(TokenEmbeddings texts, ColumnLayout[] layouts, int first, float* packed)
    {
        Span<nint> starts = stackalloc nint[Lanes];
        fixed (float* values = texts.Values)
        {
            for (var lane = 0; lane < Lanes; lane++)
                starts[lane] = (nint)(values + ((nint)(first + lane) * texts.Tokens * texts.Dimension));
            LaneMaps<TVector>.PackCaptions(shape, starts, layouts.AsSpan(first, Lanes), packed);
        }
    }

    private AlignedFloats PackOne(TokenEmbeddings texts, int caption)
    {
        var packed = new AlignedFloats((long)shape.Panels * shape.Dimension * Lanes);
        fixed (float* text = texts[caption])
            LaneMaps<TVector>.PackTokens(text, shape.TextTokens, shape.Dimension, Lanes, packed.Pointer);
        return packed;
    }
}
