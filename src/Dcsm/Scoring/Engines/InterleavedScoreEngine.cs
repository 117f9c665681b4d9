using System.Collections.Concurrent;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Scoring.Engines;

/// <summary><see cref="ScoreEngine"/> for one width of vectors.</summary>
internal sealed unsafe class InterleavedScoreEngine<TVector> : ScoreEngine
    where TVector : unmanaged, IFloatVector<TVector>
{
    // Captions packed at a time: at 30 x 512 they are 60 KiB each.
    private const int CaptionsPacked = 256;

    private readonly InterleavedShape _shape;
    private readonly InterleavedHead<TVector> _head;
    private readonly float[] _functionalRows;
    private readonly ConcurrentBag<InterleavedWorkspace> _idle = [];
    private readonly SmallBatchScorer<TVector> _smallBatches;

    internal InterleavedScoreEngine(DcsmConfig config, DcsmHeadWeights weights)
    {
        _shape = new InterleavedShape(config, 2 * TVector.Count);
        _head = new InterleavedHead<TVector>(_shape, weights);
        _functionalRows = weights.FunctionalRows.ToArray();
        _smallBatches = new SmallBatchScorer<TVector>(_shape, _head, _functionalRows);
    }

    internal override int Lanes => _shape.Lanes;

    internal override void ScoreMaps(ReadOnlySpan<float> maps, Span<float> scores)
    {
        int count = scores.Length;
        nint size = (nint)_shape.ImageTokens * _shape.TextTokens;
        fixed (
            float* mapsStart = maps,
                scoresStart = scores
        )
        {
            // Pointers cannot be captured; the memory is fixed until the loop is over.
            (nint from, nint to) = ((nint)mapsStart, (nint)scoresStart);
            Parallel.For(
                0,
                (count + Lanes - 1) / Lanes,
                group =>
                {
                    InterleavedWorkspace work = Rent();
                    int first = group * Lanes;
                    int used = Math.Min(Lanes, count - first);
                    for (int lane = 0; lane < used; lane++)
                        work.Maps.SetMap(lane, (float*)from + ((first + lane) * size));
                    Span<float> results = stackalloc float[Lanes];
                    _head.Run(work, results);
                    results[..used].CopyTo(new Span<float>((float*)to + first, used));
                    _idle.Add(work);
                }
            );
        }
    }

    public override void Grid(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        ScoreOutput output,
        ParallelOptions parallel
    )
    {
        int whole = texts.Count / Lanes * Lanes;
        int groupsPacked = Math.Max(1, CaptionsPacked / Lanes);
        nint panel = (nint)_shape.TextTokens * _shape.Dimension * Lanes;
        AlignedFloats? packed = whole == 0 || images.Count == 0 ? null : new AlignedFloats(Math.Min(groupsPacked, whole / Lanes) * panel);
        for (int first = 0; packed != null && first < whole; first += groupsPacked * Lanes)
        {
            int start = first;
            int groups = Math.Min(groupsPacked, (whole - start) / Lanes);
            Parallel.For(0, groups, parallel, group => Pack(texts, layouts, start + (group * Lanes), packed.Pointer + (group * panel)));
            // Captions within images, so that a thread meets the same image again while it is still near.
            Parallel.For(
                0L,
                (long)images.Count * groups,
                parallel,
                item =>
                {
                    (int image, int group) = ((int)(item / groups), (int)(item % groups));
                    InterleavedWorkspace work = Rent();
                    fixed (float* tokens = images[image])
                        InterleavedPairs.FromCaptions<TVector>(_shape, work.Maps, tokens, packed.Pointer + (group * panel));
                    int caption = start + (group * Lanes);
                    for (int lane = 0; lane < Lanes; lane++)
                        InterleavedPairs.PlaceRows(work.Maps, lane, layouts[caption + lane], _functionalRows);
                    int* numbers = stackalloc int[Lanes];
                    for (int lane = 0; lane < Lanes; lane++)
                        numbers[lane] = (image * texts.Count) + caption + lane;
                    Deliver(work, new ReadOnlySpan<int>(numbers, Lanes), output);
                    _idle.Add(work);
                }
            );
        }

        // Captions that do not fill the lanes share them with those of other images.
        int left = texts.Count - whole;
        if (left == 0)
            return;
        Pairs(
            images,
            texts,
            layouts,
            new GridPairs(images.Count, whole, left),
            pair => ((pair / left) * texts.Count) + whole + (pair % left),
            output,
            parallel
        );
    }

    protected override void Pairs(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        IReadOnlyList<(int Image, int Caption)> pairs,
        Func<int, int> number,
        ScoreOutput output,
        ParallelOptions parallel
    )
    {
        if (pairs.Count <= Lanes / 2)
        {
            _smallBatches.Run(images, texts, layouts, pairs, number, output, parallel);
            return;
        }
        var packedText = new ConcurrentDictionary<int, AlignedFloats>();
        Parallel.For(
            0,
            (pairs.Count + Lanes - 1) / Lanes,
            parallel,
            group =>
            {
                InterleavedWorkspace work = Rent();
                int first = group * Lanes;
                int used = Math.Min(Lanes, pairs.Count - first);
                Span<int> numbers = stackalloc int[used];
                for (int lane = 0; lane < used; lane++)
                {
                    (int image, int caption) = pairs[first + lane];
                    AlignedFloats packed = packedText.GetOrAdd(caption, key => PackOne(texts, key));
                    fixed (float* tokens = images[image])
                        InterleavedPairs.FromPair<TVector>(_shape, work, lane, tokens, packed.Pointer, layouts[caption]);
                    InterleavedPairs.PlaceRows(work.Maps, lane, layouts[caption], _functionalRows);
                    numbers[lane] = number(first + lane);
                }
                Deliver(work, numbers, output);
                _idle.Add(work);
            }
        );
    }

    private InterleavedWorkspace Rent() => _idle.TryTake(out InterleavedWorkspace? work) ? work : new InterleavedWorkspace(_shape);

    private void Deliver(InterleavedWorkspace work, ReadOnlySpan<int> numbers, ScoreOutput output)
    {
        if (output.Together is { } together)
        {
            work.Maps.Statistics.Fill(together);
        }
        else
        {
            work.Maps.Measure<TVector>();
            for (int lane = 0; output.Statistics != null && lane < numbers.Length; lane++)
                output.Statistics[numbers[lane]] = work.Maps.Statistics[lane];
        }
        if (output.Scores is null)
            return;
        work.Maps.Standardize<TVector>();
        Span<float> results = stackalloc float[Lanes];
        _head.Run(work, results);
        for (int lane = 0; lane < numbers.Length; lane++)
            output.Scores[numbers[lane]] = output.Together is null && !work.Maps.Statistics[lane].IsFinite ? float.NaN : results[lane];
    }

    private void Pack(TokenEmbeddings texts, ColumnLayout[] layouts, int first, float* packed)
    {
        Span<nint> starts = stackalloc nint[Lanes];
        fixed (float* values = texts.Values)
        {
            for (int lane = 0; lane < Lanes; lane++)
                starts[lane] = (nint)(values + ((nint)(first + lane) * texts.Tokens * texts.Dimension));
            InterleavedPairs.PackCaptions(_shape, starts, layouts.AsSpan(first, Lanes), packed);
        }
    }

    private AlignedFloats PackOne(TokenEmbeddings texts, int caption)
    {
        var packed = new AlignedFloats((long)_shape.Panels * _shape.Dimension * Lanes);
        fixed (float* text = texts[caption])
            Gemm.PackPanels(text, _shape.TextTokens, _shape.Dimension, Lanes, packed.Pointer);
        return packed;
    }
}
