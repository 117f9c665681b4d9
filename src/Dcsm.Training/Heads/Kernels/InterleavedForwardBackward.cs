using System.Collections.Concurrent;
using Dcsm.Head;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Convolutions;
using Dcsm.Numerics.Maps;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;
using Dcsm.Training.Heads.Statements;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Heads.Kernels;

/// <summary><see cref="HeadForwardBackward"/> for one width of vectors.</summary>
internal sealed unsafe class InterleavedForwardBackward<TVector> : HeadForwardBackward
    where TVector : unmanaged, IFloatVector<TVector>
{
    // Blocks whose hidden units are summed together, so that weights are read once for them all.
    private const int BlocksTogether = 4;

    private readonly DcsmConfig _config;
    private readonly int _lanes,
        _rowStride,
        _textPanels;
    private readonly TorchHead _head;
    private readonly ParallelOptions _parallel;
    private readonly (Convolution3x3 Forward, Convolution3x3 Backward)[] _convolutions;
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
        _config = config;
        _lanes = Gemm.Columns<TVector>();
        _rowStride = InterleavedMaps.Stride(config.TextTokens, _lanes);
        _textPanels = (config.TextTokens + _lanes - 1) / _lanes;
        _head = head;
        int channels = _config.Channels;
        _convolutions =
        [
            .. Enumerable
                .Range(1, _config.Convolutions)
                .Select(layer => (new Convolution3x3(Inputs(layer), channels), new Convolution3x3(channels, Inputs(layer)))),
        ];
        _fc1 = new AlignedFloats((long)_config.ImageTokens * _config.Hidden * Features);
        _sumsBefore = new int[_config.Convolutions + 1];
        for (int layer = 1; layer <= _config.Convolutions; layer++)
            _sumsBefore[layer] = _sumsBefore[layer - 1] + (channels * Inputs(layer) * 9) + channels;
    }

    /// <summary>Features of one image token.</summary>
    private int Features => _config.FeatureChannels * _config.TextTokens;

    private int Panels => (_config.Hidden + _lanes - 1) / _lanes;

    private int Sums => _sumsBefore[^1];

    public override Tensor Score(HeadBatch batch, int? standardizedTogether, bool forGradients)
    {
        InterleavedPass pass = Rent();
        int n = (int)batch.Images.shape[1];
        List(batch, n, pass);
        return Score(pass, (batch.Images, batch.Texts, batch.Rows), [batch.Images.shape[0], n, n], standardizedTogether, forGradients);
    }

    public override Tensor Score(HeadPairBatch batch, bool forGradients)
    {
        InterleavedPass pass = Rent();
        pass.Pairs.Clear();
        for (int pair = 0; pair < batch.Pairs.Count; pair++)
            pass.Pairs.Add((batch.Pairs[pair].Image, batch.Pairs[pair].Caption, pair));
        return Score(pass, (batch.Images, batch.Texts, batch.Rows), [batch.Pairs.Count], null, forGradients);
    }

    private InterleavedPass Rent() => _free.TryPop(out InterleavedPass? free) ? free : new InterleavedPass(_config, _lanes);

    /// <summary>Scores of the pairs that a pass lists.</summary>
    /// <param name="pass">The pairs; where maps go.</param>
    /// <param name="from">Embeddings and rows.</param>
    /// <param name="shape">The shape of the scores.</param>
    /// <param name="standardizedTogether">As in <see cref="HeadBatch.Maps"/>.</param>
    /// <param name="forGradients">Whether gradients are wanted.</param>
    private Tensor Score(
        InterleavedPass pass,
        (Tensor Images, Tensor Texts, Tensor Rows) from,
        long[] shape,
        int? standardizedTogether,
        bool forGradients
    )
    {
        pass.Prepare();
        Pack();
        float[] scores = new float[shape.Aggregate(1L, (product, size) => product * size)];
        using (DisposeScope scope = NewDisposeScope())
        {
            PackTexts(from.Texts.contiguous());
            long[] rows = [.. from.Rows.contiguous().data<long>()];
            Tensor tokens = from.Images.contiguous();
            nint images = (nint)Data(tokens);
            MapStatistics[]? parts = standardizedTogether is { } together ? new MapStatistics[together] : null;
            ForEach(
                pass.Blocks,
                (block, work) =>
                {
                    Fill(pass, block, (float*)images, rows, work);
                    if (_config.FixedStatistics is { } statistics)
                        pass.Maps[block].Statistics.Fill(statistics);
                    else
                        pass.Maps[block].Measure<TVector>();
                    if (parts is null)
                        Convolve(pass, block, work);
                }
            );
            if (parts is not null)
            {
                int pairs = scores.Length / parts.Length;
                for (int pair = 0; pair < pass.Pairs.Count; pair++)
                {
                    ref MapStatistics part = ref parts[pass.Pairs[pair].Score / pairs];
                    part = part.Merge(Statistics(pass, pair));
                }
                for (int pair = 0; pair < pass.Pairs.Count; pair++)
                    Statistics(pass, pair) = parts[pass.Pairs[pair].Score / pairs];
                ForEach(pass.Blocks, (block, work) => Convolve(pass, block, work));
            }
        }
        ForEach((pass.Blocks + BlocksTogether - 1) / BlocksTogether, (some, _) => Hide(pass, some * BlocksTogether, scores));
        if (!forGradients)
        {
            _free.Push(pass);
            return tensor(scores, shape);
        }
        pass.Scores = tensor(scores, shape, requires_grad: true);
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
        int channels = _config.Channels,
            columns = _config.TextTokens,
            rows = _config.ImageTokens;
        for (int layer = 1; layer <= _config.Convolutions; layer++)
        {
            (Convolution3x3 forward, Convolution3x3 backward) = _convolutions[layer - 1];
            var weights = new ReadOnlySpan<float>(Weights($"conv{layer}.weight"), channels * Inputs(layer) * 9);
            forward.Set(weights, new ReadOnlySpan<float>(Weights($"conv{layer}.bias"), channels));
            backward.SetTransposed(weights);
        }
        // From [hidden, channels, imageTokens, textTokens] to [imageTokens, hidden, channels, textTokens].
        nint fc1 = (nint)Weights("fc1.weight");
        Parallel.For(
            0,
            rows,
            _parallel,
            row =>
            {
                float* to = _fc1.Pointer + ((nint)row * _config.Hidden * Features);
                for (nint channel = 0; channel < _config.Hidden * _config.FeatureChannels; channel++, to += columns)
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
        int columns = _config.TextTokens,
            dimension = _config.Dimension,
            count = (int)(texts.numel() / (columns * dimension));
        nint packed = (nint)_textPanels * dimension * _lanes;
        _texts = InterleavedPass.AtLeast(_texts, count * packed);
        nint from = (nint)Data(texts);
        Parallel.For(
            0,
            count,
            _parallel,
            text =>
                Gemm.PackPanels(
                    (float*)from + ((nint)text * columns * dimension),
                    columns,
                    dimension,
                    _lanes,
                    _texts.Pointer + (text * packed)
                )
        );
    }

    /// <summary>
    /// Products of the tokens of a block's images and texts, a few image tokens at a time, and functional rows over them.
    /// </summary>
    /// <param name="pass">Where they go.</param>
    /// <param name="block">Which block.</param>
    /// <param name="images">[images, imageTokens, dimension]</param>
    /// <param name="rows">[texts, textTokens]</param>
    /// <param name="work">Room for products.</param>
    private void Fill(InterleavedPass pass, int block, float* images, long[] rows, InterleavedTrainingWorkspace work)
    {
        const int Rows = InterleavedTrainingWorkspace.ProductRows;
        int lanes = _lanes,
            panels = _textPanels,
            columns = _config.TextTokens,
            tokens = _config.ImageTokens,
            dimension = _config.Dimension;
        int used = Math.Min(lanes, pass.Pairs.Count - (block * lanes));
        InterleavedMaps maps = pass.Maps[block];
        if (used < lanes)
            maps.Clear();
        for (int first = 0; first < tokens; first += Rows)
        {
            int count = Math.Min(Rows, tokens - first);
            for (int lane = 0; lane < used; lane++)
            {
                (int image, int text, _) = pass.Pairs[(block * lanes) + lane];
                for (int panel = 0; panel < panels; panel++)
                {
                    Gemm.Multiply<TVector>(
                        images + ((((nint)image * tokens) + first) * dimension),
                        dimension,
                        _texts.Pointer + ((((nint)text * panels) + panel) * dimension * lanes),
                        1,
                        work.Products + (((lane * panels) + panel) * Rows * lanes),
                        lanes,
                        count,
                        dimension
                    );
                }
            }
            for (int row = 0; row < count; row++)
            {
                float* to = maps.Inside + ((nint)(first + row) * _rowStride);
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
            int text = pass.Pairs[(block * lanes) + lane].Text;
            for (int column = 0; column < columns; column++)
            {
                long word = rows[(text * columns) + column];
                if (word >= 0)
                    maps.SetColumn(lane, column, _head.FunctionalRows.AsSpan((int)word * tokens, tokens));
            }
        }
    }

    /// <summary>Standardizes a block's maps by their statistics, and makes features of them.</summary>
    private void Convolve(InterleavedPass pass, int block, InterleavedTrainingWorkspace work)
    {
        InterleavedMaps maps = pass.Maps[block];
        maps.Standardize<TVector>();
        if (_config.Convolutions > 0)
        {
            Convolve(maps, work, _config.Convolutions, pass, block);
            return;
        }
        for (int row = 0; row < _config.ImageTokens; row++)
        {
            new ReadOnlySpan<float>(maps.Inside + ((nint)row * _rowStride), Features * _lanes).CopyTo(
                new Span<float>(FeaturesOf(pass, row, block), Features * _lanes)
            );
        }
    }

    /// <summary>
    /// The first convolutions of a block's maps; the last of all goes to the features. Each is one row behind the one that it reads.
    /// </summary>
    private void Convolve(InterleavedMaps maps, InterleavedTrainingWorkspace work, int layers, InterleavedPass pass, int block)
    {
        for (int step = 0; step < _config.ImageTokens + layers - 1; step++)
        {
            for (int layer = 1; layer <= layers; layer++)
            {
                int row = step - (layer - 1);
                if ((uint)row >= (uint)_config.ImageTokens)
                    continue;
                (nint at, int length) = InputAt(maps, work, layer, row);
                float* from = (float*)at;
                bool last = layer == _config.Convolutions;
                float* to = last ? FeaturesOf(pass, row, block) : work.Activations(layer) + ((nint)(row + 1) * work.RowLength) + _lanes;
                _convolutions[layer - 1]
                    .Forward.Row<TVector>(
                        from,
                        from + length,
                        from + (2 * length),
                        _rowStride,
                        _lanes,
                        _config.TextTokens,
                        to,
                        last ? _config.TextTokens * _lanes : _rowStride
                    );
            }
        }
    }

    /// <summary>Hidden units and scores of a few blocks.</summary>
    private void Hide(InterleavedPass pass, int first, float[] scores)
    {
        int blocks = Math.Min(BlocksTogether, pass.Blocks - first),
            hidden = _config.Hidden,
            lanes = _lanes;
        new Span<float>(HiddenOf(pass, first), blocks * hidden * lanes).Clear();
        for (int row = 0; row < _config.ImageTokens; row++)
        {
            for (int block = first; block < first + blocks; block++)
            {
                Gemm.Multiply<TVector>(
                    _fc1.Pointer + ((nint)row * hidden * Features),
                    Features,
                    FeaturesOf(pass, row, block),
                    1,
                    HiddenOf(pass, block),
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
        for (int block = first; block < first + blocks; block++)
        {
            TVector sum0,
                sum1;
            sum0 = sum1 = TVector.Broadcast(*Weights("fc2.bias"));
            float* at = HiddenOf(pass, block);
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
            for (int pair = block * lanes; pair < Math.Min((block + 1) * lanes, pass.Pairs.Count); pair++)
                scores[pass.Pairs[pair].Score] = found[pair - (block * lanes)];
        }
    }

    private void Backward(InterleavedPass pass, float[] scores)
    {
        int blocks = pass.Blocks,
            hidden = _config.Hidden,
            lanes = _lanes;
        _units = InterleavedPass.AtLeast(_units, (long)blocks * Panels * lanes * lanes);
        // Shares of each block, added up in order: fc2's weights, fc1's biases, fc2's bias; then the convolutions.
        double[][] dense = new double[blocks][];
        double[][] sums = new double[blocks][];
        ForEach(blocks, (block, _) => dense[block] = Units(pass, block, scores));
        nint fc1 = (nint)Gradient("fc1.weight");
        ForEach(_config.ImageTokens, (row, work) => Linear(pass, row, work, (float*)fc1));
        if (_config.Convolutions > 0)
            ForEach(blocks, (block, work) => sums[block] = Convolutions(pass, block, work));

        Add("fc2.weight", dense, 0);
        Add("fc1.bias", dense, hidden);
        Add("fc2.bias", dense, 2 * hidden);
        for (int layer = 1; layer <= _config.Convolutions; layer++)
        {
            Add($"conv{layer}.weight", sums, _sumsBefore[layer - 1]);
            Add($"conv{layer}.bias", sums, _sumsBefore[layer] - _config.Channels);
        }
    }

    /// <summary>From scores to hidden units: their gradients in place of the units, and turned.</summary>
    /// <returns>Gradients of fc2's weights, of fc1's biases and of fc2's bias.</returns>
    private double[] Units(InterleavedPass pass, int block, float[] scores)
    {
        int hidden = _config.Hidden,
            lanes = _lanes,
            v = TVector.Count;
        float* given = stackalloc float[lanes],
            scratch = stackalloc float[lanes];
        double total = 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            int pair = (block * lanes) + lane;
            given[lane] = pair < pass.Pairs.Count ? scores[pass.Pairs[pair].Score] : 0;
            total += given[lane];
        }
        double[] result = new double[(2 * hidden) + 1];
        result[2 * hidden] = total;
        TVector g0 = TVector.Load(given),
            g1 = TVector.Load(given + v);
        float* at = HiddenOf(pass, block),
            weights = Weights("fc2.weight");
        float* turned = _units.Pointer + ((nint)block * Panels * lanes * lanes);
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

    /// <summary>
    /// From hidden units to one image token's weights and features: gradients of the weights are added, those of the features stand in
    /// place of them.
    /// </summary>
    private void Linear(InterleavedPass pass, int row, InterleavedTrainingWorkspace work, float* gradient)
    {
        int hidden = _config.Hidden,
            lanes = _lanes,
            columns = _config.TextTokens,
            channels = _config.FeatureChannels;
        LinearGradients.Weights<TVector>(FeaturesOf(pass, row, 0), _units.Pointer, pass.Blocks, Features, Panels, work.Weights);
        for (int unit = 0; unit < hidden; unit++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                float* to = gradient + (((((nint)unit * channels) + channel) * _config.ImageTokens) + row) * columns;
                float* from = work.Weights + ((((nint)(unit / lanes) * Features) + (channel * columns)) * lanes) + (unit % lanes);
                for (int column = 0; column < columns; column++, from += lanes)
                    to[column] += *from;
            }
        }

        if (_config.Convolutions == 0)
            return;
        for (int block = 0; block < pass.Blocks; block++)
        {
            LinearGradients.Inputs<TVector>(
                _fc1.Pointer + ((nint)row * hidden * Features),
                HiddenOf(pass, block),
                hidden,
                Features,
                FeaturesOf(pass, row, block)
            );
        }
    }

    /// <summary>From features to the convolutions of a block.</summary>
    /// <returns>Gradients of each layer's weights and biases.</returns>
    private double[] Convolutions(InterleavedPass pass, int block, InterleavedTrainingWorkspace work)
    {
        int lanes = _lanes,
            channels = _config.Channels,
            rows = _config.ImageTokens,
            length = work.RowLength;
        nint stride = _rowStride;
        InterleavedMaps maps = pass.Maps[block];
        Convolve(maps, work, _config.Convolutions - 1, pass, block);
        float* upper = work.First,
            lower = work.Second;
        for (int row = 0; row < rows; row++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                new ReadOnlySpan<float>(
                    FeaturesOf(pass, row, block) + (channel * _config.TextTokens * lanes),
                    _config.TextTokens * lanes
                ).CopyTo(new Span<float>(upper + ((nint)(row + 1) * length) + (channel * stride) + lanes, _config.TextTokens * lanes));
            }
        }

        new Span<float>(work.Sums, Sums * lanes).Clear();
        for (int layer = _config.Convolutions; layer >= 1; layer--)
        {
            for (int row = 0; row < rows; row++)
            {
                (nint at, int inputLength) = InputAt(maps, work, layer, row);
                float* from = (float*)at;
                float* above = upper + ((nint)row * length);
                ConvolutionGradients.Weights<TVector>(
                    from,
                    from + inputLength,
                    from + (2 * inputLength),
                    Inputs(layer),
                    channels,
                    stride,
                    _config.TextTokens,
                    above + length + lanes,
                    work.Sums + ((nint)_sumsBefore[layer - 1] * lanes)
                );
                if (layer == 1)
                    continue;
                nint to = ((nint)(row + 1) * length) + lanes;
                _convolutions[layer - 1]
                    .Backward.Row<TVector>(
                        above,
                        above + length,
                        above + (2 * length),
                        stride,
                        lanes,
                        _config.TextTokens,
                        lower + to,
                        stride,
                        gate: work.Activations(layer - 1) + to
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
    private (nint Above, int Length) InputAt(InterleavedMaps maps, InterleavedTrainingWorkspace work, int layer, int row) =>
        layer == 1
            ? ((nint)(maps.Bordered + ((nint)row * _rowStride)), _rowStride)
            : ((nint)(work.Activations(layer - 1) + ((nint)row * work.RowLength)), work.RowLength);

    private int Inputs(int layer) => layer == 1 ? 1 : _config.Channels;

    private float* FeaturesOf(InterleavedPass pass, int row, int block) =>
        pass.Features.Pointer + ((((nint)row * pass.Blocks) + block) * Features * _lanes);

    private float* HiddenOf(InterleavedPass pass, int block) => pass.Hidden.Pointer + ((nint)block * _config.Hidden * _lanes);

    private ref MapStatistics Statistics(InterleavedPass pass, int pair) => ref pass.Maps[pair / _lanes].Statistics[pair % _lanes];

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
                    : new InterleavedTrainingWorkspace(_config, _lanes, Sums);
                body(i, work);
                _idle.Add(work);
            }
        );
}
