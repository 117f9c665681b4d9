using System.Collections.Concurrent;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;
using Dcsm.Scoring;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Heads.Kernels;

/// <summary><see cref="HeadForwardBackward"/> for one width of vectors.</summary>
internal sealed unsafe class InterleavedForwardBackward<TVector> : HeadForwardBackward
    where TVector : unmanaged, ISimd<TVector>
{
    // Lots whose hidden units are summed together, so that weights are read once for them all.
    private const int LotsTogether = 4;

    private readonly InterleavedShape _shape;
    private readonly TorchHead _head;
    private readonly ParallelOptions _parallel;
    private readonly (AlignedFloats Forward, AlignedFloats Turned, AlignedFloats Bias)[] _convolutions;
    private readonly AlignedFloats _noBias;
    private readonly AlignedFloats _fc1;
    private readonly int[] _sumsBefore;
    private readonly ConcurrentBag<InterleavedTrainingWorkspace> _idle = [];
    private readonly Stack<InterleavedPass> _free = [];
    private readonly List<InterleavedPass> _open = [];
    private AlignedFloats _texts = new(0),
        _units = new(0);

    public InterleavedForwardBackward(DcsmConfig config, TorchHead head, int threads)
    {
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        _shape = new InterleavedShape(config, 2 * TVector.Count);
        _head = head;
        int channels = _shape.Channels;
        _convolutions =
        [
            .. Enumerable
                .Range(1, _shape.Convolutions)
                .Select(layer =>
                    (
                        new AlignedFloats(InterleavedConvolution<TVector>.PackedLength(Inputs(layer), channels)),
                        new AlignedFloats(InterleavedConvolution<TVector>.PackedLength(channels, Inputs(layer))),
                        new AlignedFloats(InterleavedConvolution<TVector>.PackedBiases(channels))
                    )
                ),
        ];
        _noBias = new AlignedFloats(InterleavedConvolution<TVector>.PackedBiases(channels));
        _fc1 = new AlignedFloats((long)_shape.ImageTokens * _shape.Hidden * Features);
        _sumsBefore = new int[_shape.Convolutions + 1];
        for (int layer = 1; layer <= _shape.Convolutions; layer++)
            _sumsBefore[layer] = _sumsBefore[layer - 1] + (channels * Inputs(layer) * 9) + channels;
    }

    /// <summary>Features of one image token.</summary>
    private int Features => _shape.FeatureChannels * _shape.TextTokens;

    private int Panels => (_shape.Hidden + _shape.Lanes - 1) / _shape.Lanes;

    private int Sums => _sumsBefore[^1];

    public override Tensor Score(HeadBatch batch, int? standardizedTogether, bool forGradients)
    {
        InterleavedPass pass = _free.TryPop(out InterleavedPass? free) ? free : new InterleavedPass(_shape);
        int groups = (int)batch.Images.shape[0],
            n = (int)batch.Images.shape[1];
        List(batch, n, pass);
        pass.Prepare();
        Pack();
        float[] scores = new float[groups * n * n];
        using (DisposeScope scope = NewDisposeScope())
        {
            PackTexts(batch.Texts.contiguous());
            long[] rows = [.. batch.Rows.contiguous().data<long>()];
            Tensor tokens = batch.Images.contiguous();
            nint images = (nint)Data(tokens);
            MapStatistics[]? parts = standardizedTogether is { } together ? new MapStatistics[together] : null;
            ForEach(
                pass.Lots,
                (lot, work) =>
                {
                    Fill(pass, lot, (float*)images, rows, work);
                    InterleavedMaps<TVector>.Measure(_shape, pass.Maps[lot]);
                    if (parts is null)
                        Convolve(pass, lot, work);
                }
            );
            if (parts is not null)
            {
                int pairs = groups / parts.Length * n * n;
                for (int pair = 0; pair < pass.Pairs.Count; pair++)
                {
                    ref MapStatistics part = ref parts[pass.Pairs[pair].Score / pairs];
                    part = part.Merge(Statistics(pass, pair));
                }
                for (int pair = 0; pair < pass.Pairs.Count; pair++)
                    Statistics(pass, pair) = parts[pass.Pairs[pair].Score / pairs];
                ForEach(pass.Lots, (lot, work) => Convolve(pass, lot, work));
            }
        }
        ForEach((pass.Lots + LotsTogether - 1) / LotsTogether, (some, _) => Hide(pass, some * LotsTogether, scores));
        if (!forGradients)
        {
            _free.Push(pass);
            return tensor(scores, [groups, n, n]);
        }
        pass.Scores = tensor(scores, [groups, n, n], requires_grad: true);
        _open.Add(pass);
        return pass.Scores;
    }

    public override void Backward()
    {
        foreach (InterleavedPass pass in _open)
        {
            if (pass.Scores!.grad is { } gradient)
                Backward(pass, [.. gradient.contiguous().data<float>()]);
            pass.Scores = null;
            _free.Push(pass);
        }
        _open.Clear();
    }

    /// <summary>The maps of a batch; none for images that are missing.</summary>
    private static void List(HeadBatch batch, int n, InterleavedPass pass)
    {
        float[]? present = batch.Present is null ? null : [.. batch.Present.contiguous().data<float>()];
        pass.Pairs.Clear();
        for (int image = 0; image < batch.Images.shape[0] * n; image++)
        {
            for (int caption = 0; caption < n && (present is null || present[image] != 0); caption++)
                pass.Pairs.Add((image, (image / n * n) + caption, (image * n) + caption));
        }
    }

    /// <summary>The weights as they stand, in the order in which they are read.</summary>
    private void Pack()
    {
        int channels = _shape.Channels,
            columns = _shape.TextTokens,
            rows = _shape.ImageTokens;
        for (int layer = 1; layer <= _shape.Convolutions; layer++)
        {
            (AlignedFloats forward, AlignedFloats turned, AlignedFloats bias) = _convolutions[layer - 1];
            var weights = new ReadOnlySpan<float>(Weights($"conv{layer}.weight"), channels * Inputs(layer) * 9);
            InterleavedConvolution<TVector>.Pack(weights, Inputs(layer), channels, forward.Pointer);
            InterleavedConvolution<TVector>.PackTurned(weights, Inputs(layer), channels, turned.Pointer);
            new ReadOnlySpan<float>(Weights($"conv{layer}.bias"), channels).CopyTo(new Span<float>(bias.Pointer, channels));
        }
        // From [hidden, channels, imageTokens, textTokens] to [imageTokens, hidden, channels, textTokens].
        nint fc1 = (nint)Weights("fc1.weight");
        Parallel.For(
            0,
            rows,
            _parallel,
            row =>
            {
                float* to = _fc1.Pointer + ((nint)row * _shape.Hidden * Features);
                for (nint channel = 0; channel < _shape.Hidden * _shape.FeatureChannels; channel++, to += columns)
                {
                    new ReadOnlySpan<float>((float*)fc1 + (((channel * rows) + row) * columns), columns).CopyTo(
                        new Span<float>(to, columns)
                    );
                }
            }
        );
    }

    private void PackTexts(Tensor texts)
    {
        int count = (int)(texts.shape[0] * texts.shape[1]),
            columns = _shape.TextTokens,
            dimension = _shape.Dimension;
        nint packed = (nint)_shape.Panels * dimension * _shape.Lanes;
        _texts = InterleavedPass.AtLeast(_texts, count * packed);
        nint from = (nint)Data(texts);
        Parallel.For(
            0,
            count,
            _parallel,
            text =>
                InterleavedMaps<TVector>.PackTokens(
                    (float*)from + ((nint)text * columns * dimension),
                    columns,
                    dimension,
                    _shape.Lanes,
                    _texts.Pointer + (text * packed)
                )
        );
    }

    /// <summary>Products of the tokens of a lot's images and texts, a few image tokens at a time, and functional rows over them.</summary>
    /// <param name="pass">Where they go.</param>
    /// <param name="lot">Which lot.</param>
    /// <param name="images">[images, imageTokens, dimension]</param>
    /// <param name="rows">[texts, textTokens]</param>
    /// <param name="work">Room for products.</param>
    private void Fill(InterleavedPass pass, int lot, float* images, long[] rows, InterleavedTrainingWorkspace work)
    {
        const int Rows = InterleavedTrainingWorkspace.ProductRows;
        int lanes = _shape.Lanes,
            panels = _shape.Panels,
            columns = _shape.TextTokens,
            tokens = _shape.ImageTokens,
            dimension = _shape.Dimension;
        int used = Math.Min(lanes, pass.Pairs.Count - (lot * lanes));
        InterleavedWorkspace maps = pass.Maps[lot];
        if (used < lanes)
            new Span<float>(maps.Map, (tokens + 2) * _shape.RowStride).Clear();
        for (int first = 0; first < tokens; first += Rows)
        {
            int count = Math.Min(Rows, tokens - first);
            for (int lane = 0; lane < used; lane++)
            {
                (int image, int text, _) = pass.Pairs[(lot * lanes) + lane];
                for (int panel = 0; panel < panels; panel++)
                {
                    Gemm<TVector>.Multiply(
                        images + ((((nint)image * tokens) + first) * dimension),
                        dimension,
                        _texts.Pointer + ((((nint)text * panels) + panel) * dimension * lanes),
                        work.Products + (((lane * panels) + panel) * Rows * lanes),
                        lanes,
                        count,
                        dimension,
                        accumulate: false
                    );
                }
            }
            for (int row = 0; row < count; row++)
            {
                float* to = maps.Inside + ((nint)(first + row) * _shape.RowStride);
                for (int lane = 0; lane < used; lane++)
                {
                    for (int panel = 0; panel < panels; panel++)
                    {
                        float* from = work.Products + ((((lane * panels) + panel) * Rows) + row) * lanes;
                        float* at = to + (panel * lanes * lanes) + lane;
                        int width = Math.Min(lanes, columns - (panel * lanes));
                        for (int column = 0; column < width; column++, at += lanes)
                            *at = from[column];
                    }
                }
            }
        }

        for (int lane = 0; lane < used; lane++)
        {
            int text = pass.Pairs[(lot * lanes) + lane].Text;
            for (int column = 0; column < columns; column++)
            {
                long word = rows[(text * columns) + column];
                if (word < 0)
                    continue;
                ReadOnlySpan<float> constants = _head.FunctionalRows.AsSpan((int)word * tokens, tokens);
                float* to = maps.Inside + (column * lanes) + lane;
                for (int i = 0; i < tokens; i++, to += _shape.RowStride)
                    *to = constants[i];
            }
        }
    }

    /// <summary>Standardizes a lot's maps by their statistics, and makes features of them.</summary>
    private void Convolve(InterleavedPass pass, int lot, InterleavedTrainingWorkspace work)
    {
        InterleavedWorkspace maps = pass.Maps[lot];
        InterleavedMaps<TVector>.Standardize(_shape, maps);
        if (_shape.Convolutions > 0)
        {
            Convolve(maps, work, _shape.Convolutions, pass, lot);
            return;
        }
        for (int row = 0; row < _shape.ImageTokens; row++)
        {
            new ReadOnlySpan<float>(maps.Inside + ((nint)row * _shape.RowStride), Features * _shape.Lanes).CopyTo(
                new Span<float>(FeaturesOf(pass, row, lot), Features * _shape.Lanes)
            );
        }
    }

    /// <summary>The first convolutions of a lot's maps; the last of all goes to the features. Each is one row behind the one that it reads.</summary>
    private void Convolve(InterleavedWorkspace maps, InterleavedTrainingWorkspace work, int layers, InterleavedPass pass, int lot)
    {
        for (int step = 0; step < _shape.ImageTokens + layers - 1; step++)
        {
            for (int layer = 1; layer <= layers; layer++)
            {
                int row = step - (layer - 1);
                if ((uint)row >= (uint)_shape.ImageTokens)
                    continue;
                (nint at, int length) = InputAt(maps, work, layer, row);
                float* from = (float*)at;
                bool last = layer == _shape.Convolutions;
                float* to = last ? FeaturesOf(pass, row, lot) : work.Activations(layer) + ((nint)(row + 1) * work.RowLength) + _shape.Lanes;
                InterleavedConvolution<TVector>.Row(
                    _shape,
                    from,
                    from + length,
                    from + (2 * length),
                    Inputs(layer),
                    _shape.Channels,
                    _convolutions[layer - 1].Forward.Pointer,
                    _convolutions[layer - 1].Bias.Pointer,
                    to,
                    last ? _shape.TextTokens * _shape.Lanes : _shape.RowStride,
                    gate: null
                );
            }
        }
    }

    /// <summary>Hidden units and scores of a few lots.</summary>
    private void Hide(InterleavedPass pass, int first, float[] scores)
    {
        int lots = Math.Min(LotsTogether, pass.Lots - first),
            hidden = _shape.Hidden,
            lanes = _shape.Lanes;
        new Span<float>(HiddenOf(pass, first), lots * hidden * lanes).Clear();
        for (int row = 0; row < _shape.ImageTokens; row++)
        {
            for (int lot = first; lot < first + lots; lot++)
            {
                Gemm<TVector>.Multiply(
                    _fc1.Pointer + ((nint)row * hidden * Features),
                    Features,
                    FeaturesOf(pass, row, lot),
                    HiddenOf(pass, lot),
                    lanes,
                    hidden,
                    Features,
                    accumulate: true
                );
            }
        }

        float* bias = Weights("fc1.bias"),
            weights = Weights("fc2.weight");
        float* found = stackalloc float[lanes];
        for (int lot = first; lot < first + lots; lot++)
        {
            TVector sum0,
                sum1;
            sum0 = sum1 = TVector.Broadcast(*Weights("fc2.bias"));
            float* at = HiddenOf(pass, lot);
            for (int unit = 0; unit < hidden; unit++, at += lanes)
            {
                TVector b = TVector.Broadcast(bias[unit]),
                    w = TVector.Broadcast(weights[unit]);
                TVector z0 = TVector.Add(TVector.Load(at), b),
                    z1 = TVector.Add(TVector.Load(at + TVector.Count), b);
                TVector.Store(z0, at);
                TVector.Store(z1, at + TVector.Count);
                sum0 = TVector.MultiplyAdd(w, TVector.Relu(z0), sum0);
                sum1 = TVector.MultiplyAdd(w, TVector.Relu(z1), sum1);
            }
            TVector.Store(sum0, found);
            TVector.Store(sum1, found + TVector.Count);
            for (int pair = lot * lanes; pair < Math.Min((lot + 1) * lanes, pass.Pairs.Count); pair++)
                scores[pass.Pairs[pair].Score] = found[pair - (lot * lanes)];
        }
    }

    private void Backward(InterleavedPass pass, float[] scores)
    {
        int lots = pass.Lots,
            hidden = _shape.Hidden,
            lanes = _shape.Lanes;
        _units = InterleavedPass.AtLeast(_units, (long)lots * Panels * lanes * lanes);
        // Shares of each lot, added up in order: fc2's weights, fc1's biases, fc2's bias; then the convolutions.
        double[][] dense = new double[lots][];
        double[][] sums = new double[lots][];
        ForEach(lots, (lot, _) => dense[lot] = Units(pass, lot, scores));
        nint fc1 = (nint)Gradient("fc1.weight");
        ForEach(_shape.ImageTokens, (row, work) => Linear(pass, row, work, (float*)fc1));
        if (_shape.Convolutions > 0)
            ForEach(lots, (lot, work) => sums[lot] = Convolutions(pass, lot, work));

        Add("fc2.weight", dense, 0);
        Add("fc1.bias", dense, hidden);
        Add("fc2.bias", dense, 2 * hidden);
        for (int layer = 1; layer <= _shape.Convolutions; layer++)
        {
            Add($"conv{layer}.weight", sums, _sumsBefore[layer - 1]);
            Add($"conv{layer}.bias", sums, _sumsBefore[layer] - _shape.Channels);
        }
    }

    /// <summary>From scores to hidden units: their gradients in place of the units, and turned.</summary>
    /// <returns>Gradients of fc2's weights, of fc1's biases and of fc2's bias.</returns>
    private double[] Units(InterleavedPass pass, int lot, float[] scores)
    {
        int hidden = _shape.Hidden,
            lanes = _shape.Lanes,
            v = TVector.Count;
        float* given = stackalloc float[lanes],
            scratch = stackalloc float[lanes];
        double total = 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            int pair = (lot * lanes) + lane;
            given[lane] = pair < pass.Pairs.Count ? scores[pass.Pairs[pair].Score] : 0;
            total += given[lane];
        }
        double[] result = new double[(2 * hidden) + 1];
        result[2 * hidden] = total;
        TVector g0 = TVector.Load(given),
            g1 = TVector.Load(given + v);
        float* at = HiddenOf(pass, lot),
            weights = Weights("fc2.weight");
        float* turned = _units.Pointer + ((nint)lot * Panels * lanes * lanes);
        new Span<float>(turned, Panels * lanes * lanes).Clear();
        for (int unit = 0; unit < hidden; unit++, at += lanes)
        {
            TVector z0 = TVector.Load(at),
                z1 = TVector.Load(at + v),
                w = TVector.Broadcast(weights[unit]);
            TVector.Store(TVector.Multiply(TVector.Relu(z0), g0), scratch);
            TVector.Store(TVector.Multiply(TVector.Relu(z1), g1), scratch + v);
            for (int lane = 0; lane < lanes; lane++)
                result[unit] += scratch[lane];
            TVector.Store(TVector.Gate(TVector.Multiply(w, g0), z0), at);
            TVector.Store(TVector.Gate(TVector.Multiply(w, g1), z1), at + v);
            float* to = turned + ((nint)(unit / lanes) * lanes * lanes) + (unit % lanes);
            for (int lane = 0; lane < lanes; lane++)
            {
                result[hidden + unit] += at[lane];
                to[lane * lanes] = at[lane];
            }
        }
        return result;
    }

    /// <summary>From hidden units to one image token's weights and features: gradients of the weights are added, those of the features stand in place of them.</summary>
    private void Linear(InterleavedPass pass, int row, InterleavedTrainingWorkspace work, float* gradient)
    {
        int hidden = _shape.Hidden,
            lanes = _shape.Lanes,
            columns = _shape.TextTokens,
            channels = _shape.FeatureChannels;
        InterleavedLinear<TVector>.Weights(FeaturesOf(pass, row, 0), _units.Pointer, pass.Lots, lanes, Features, Panels, work.Weights);
        for (int unit = 0; unit < hidden; unit++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                float* to = gradient + (((((nint)unit * channels) + channel) * _shape.ImageTokens) + row) * columns;
                float* from = work.Weights + ((((nint)(unit / lanes) * Features) + (channel * columns)) * lanes) + (unit % lanes);
                for (int column = 0; column < columns; column++, from += lanes)
                    to[column] += *from;
            }
        }

        if (_shape.Convolutions == 0)
            return;
        for (int lot = 0; lot < pass.Lots; lot++)
        {
            InterleavedLinear<TVector>.Inputs(
                _fc1.Pointer + ((nint)row * hidden * Features),
                HiddenOf(pass, lot),
                hidden,
                Features,
                FeaturesOf(pass, row, lot)
            );
        }
    }

    /// <summary>From features to the convolutions of a lot.</summary>
    /// <returns>Gradients of each layer's weights and biases.</returns>
    private double[] Convolutions(InterleavedPass pass, int lot, InterleavedTrainingWorkspace work)
    {
        int lanes = _shape.Lanes,
            channels = _shape.Channels,
            rows = _shape.ImageTokens,
            length = work.RowLength;
        nint stride = _shape.RowStride;
        InterleavedWorkspace maps = pass.Maps[lot];
        Convolve(maps, work, _shape.Convolutions - 1, pass, lot);
        float* upper = work.First,
            lower = work.Second;
        for (int row = 0; row < rows; row++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                new ReadOnlySpan<float>(
                    FeaturesOf(pass, row, lot) + (channel * _shape.TextTokens * lanes),
                    _shape.TextTokens * lanes
                ).CopyTo(new Span<float>(upper + ((nint)(row + 1) * length) + (channel * stride) + lanes, _shape.TextTokens * lanes));
            }
        }

        new Span<float>(work.Sums, Sums * lanes).Clear();
        for (int layer = _shape.Convolutions; layer >= 1; layer--)
        {
            for (int row = 0; row < rows; row++)
            {
                (nint at, int inputLength) = InputAt(maps, work, layer, row);
                float* from = (float*)at;
                float* above = upper + ((nint)row * length);
                InterleavedConvolution<TVector>.Weights(
                    _shape,
                    from,
                    from + inputLength,
                    from + (2 * inputLength),
                    Inputs(layer),
                    channels,
                    above + length + lanes,
                    work.Sums + ((nint)_sumsBefore[layer - 1] * lanes)
                );
                if (layer == 1)
                    continue;
                nint to = ((nint)(row + 1) * length) + lanes;
                InterleavedConvolution<TVector>.Row(
                    _shape,
                    above,
                    above + length,
                    above + (2 * length),
                    channels,
                    channels,
                    _convolutions[layer - 1].Turned.Pointer,
                    _noBias.Pointer,
                    lower + to,
                    stride,
                    work.Activations(layer - 1) + to
                );
            }
            float* done = upper;
            upper = lower;
            lower = done;
        }

        double[] result = new double[Sums];
        for (int i = 0; i < result.Length; i++)
        {
            for (int lane = 0; lane < lanes; lane++)
                result[i] += work.Sums[(i * lanes) + lane];
        }

        return result;
    }

    /// <summary>The row above a row of what a convolution reads, and the floats from one row to the next.</summary>
    private (nint Above, int Length) InputAt(InterleavedWorkspace maps, InterleavedTrainingWorkspace work, int layer, int row) =>
        layer == 1
            ? ((nint)(maps.Map + ((nint)row * _shape.RowStride)), _shape.RowStride)
            : ((nint)(work.Activations(layer - 1) + ((nint)row * work.RowLength)), work.RowLength);

    private int Inputs(int layer) => layer == 1 ? 1 : _shape.Channels;

    private float* FeaturesOf(InterleavedPass pass, int row, int lot) =>
        pass.Features.Pointer + ((((nint)row * pass.Lots) + lot) * Features * _shape.Lanes);

    private float* HiddenOf(InterleavedPass pass, int lot) => pass.Hidden.Pointer + ((nint)lot * _shape.Hidden * _shape.Lanes);

    private ref MapStatistics Statistics(InterleavedPass pass, int pair) =>
        ref pass.Maps[pair / _shape.Lanes].Statistics[pair % _shape.Lanes];

    private float* Weights(string name) => Data(_head.Parameters[name]);

    private float* Gradient(string name)
    {
        Parameter parameter = _head.Parameters[name];
        if (parameter.grad is null)
        {
            using IDisposable noGradient = no_grad();
            parameter.grad = zeros_like(parameter).DetachFromDisposeScope();
        }
        return Data(parameter.grad!);
    }

    private void Add(string name, double[][] shares, int first)
    {
        float* to = Gradient(name);
        long count = _head.Parameters[name].numel();
        for (int i = 0; i < count; i++)
        {
            double sum = 0;
            foreach (double[] share in shares)
                sum += share[first + i];
            to[i] += (float)sum;
        }
    }

    private static float* Data(Tensor tensor)
    {
        fixed (byte* start = tensor.bytes) // libtorch's own memory, which stays where it is.
            return (float*)start;
    }

    private void ForEach(int count, Action<int, InterleavedTrainingWorkspace> body) =>
        Parallel.For(
            0,
            count,
            _parallel,
            i =>
            {
                InterleavedTrainingWorkspace work = _idle.TryTake(out InterleavedTrainingWorkspace? idle)
                    ? idle
                    : new InterleavedTrainingWorkspace(_shape, Sums);
                body(i, work);
                _idle.Add(work);
            }
        );
}
