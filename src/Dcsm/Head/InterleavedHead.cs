using System.Runtime.CompilerServices;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Head;

/// <summary>
/// The head over as many maps as there are lanes: for each image token one row of both convolutions is made and at once added
/// into the hidden layer, so that activations never leave the nearest caches and fc1 is read once for all lanes.
/// </summary>
internal sealed unsafe class InterleavedHead<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    // Output channels computed together; convolution weights are padded with zeros to a multiple.
    internal const int Block = 4;

    // Rows of features that go into the hidden layer together: the sums are then fetched and put away half as often.
    internal const int RowsTogether = 2;

    private readonly InterleavedShape _shape;
    private readonly (AlignedFloats Weights, AlignedFloats Bias)[] _convolutions;
    private readonly AlignedFloats _fc1;
    private readonly float[] _fc1Bias;
    private readonly float[] _fc2;
    private readonly float _fc2Bias;

    internal InterleavedHead(InterleavedShape shape, DcsmHeadWeights weights)
    {
        _shape = shape;
        _convolutions = new (AlignedFloats, AlignedFloats)[shape.Convolutions];
        for (int layer = 1; layer <= shape.Convolutions; layer++)
        {
            (float[]? weight, float[]? bias) = HeadTensors.Convolution(weights, layer);
            _convolutions[layer - 1] = PackConvolution(weight, bias, layer == 1 ? 1 : shape.Channels, shape.Channels);
        }
        _fc1 = PackLinear(weights.Fc1Weight, shape);
        _fc1Bias = weights.Fc1Bias;
        _fc2 = weights.Fc2Weight;
        _fc2Bias = weights.Fc2Bias[0];
    }

    /// <summary>Tiles of hidden units that are summed together; the last one is filled up with zeros.</summary>
    internal int HiddenTiles => Tiles(_shape);

    /// <summary>Weights and biases of a convolution, four output channels at a time. [blocks, inputs, 3, 3, block], [blocks · block]</summary>
    internal (nint Weights, nint Bias) ConvolutionAt(int layer) =>
        ((nint)_convolutions[layer - 1].Weights.Pointer, (nint)_convolutions[layer - 1].Bias.Pointer);

    /// <summary>What the hidden layer takes from some rows of features. [tiles, rows of the block, channels, textTokens, units of the tile]</summary>
    /// <param name="row">The first row, a multiple of <see cref="RowsTogether"/>.</param>
    internal float* HiddenWeights(int row) =>
        _fc1.Pointer + ((nint)row * HiddenTiles * Gemm<TVector>.TileRows * _shape.FeatureChannels * _shape.TextTokens);

    /// <summary>The score of one pair from its sums.</summary>
    /// <param name="hidden">[hidden]</param>
    internal float Finish(float* hidden)
    {
        float sum = _fc2Bias;
        for (int h = 0; h < _shape.Hidden; h++)
            sum = float.MultiplyAddEstimate(_fc2[h], MathF.Max(0, hidden[h] + _fc1Bias[h]), sum);
        return sum;
    }

    /// <summary>The convolutions alone, to be measured.</summary>
    internal void ConvolveAll(InterleavedWorkspace work)
    {
        for (int row = 0; row < _shape.ImageTokens; row++)
        {
            for (int layer = 1; layer <= _shape.Convolutions; layer++)
                Convolve(work, layer, row);
        }
    }

    /// <summary>The hidden layer's sums alone, to be measured.</summary>
    internal void AddAllFeatures(InterleavedWorkspace work)
    {
        int depth = _shape.FeatureChannels * _shape.TextTokens;
        for (int row = 0; row < _shape.ImageTokens; row += RowsTogether)
        {
            Gemm<TVector>.AddPacked(
                HiddenWeights(row),
                work.FeatureRow(0),
                work.Hidden,
                HiddenTiles,
                Math.Min(RowsTogether, _shape.ImageTokens - row) * depth
            );
        }
    }

    /// <summary>Scores the standardized maps of a workspace.</summary>
    /// <param name="scores">[lanes]</param>
    internal void Run(InterleavedWorkspace work, Span<float> scores)
    {
        int rows = _shape.ImageTokens;
        int tiles = Tiles(_shape);
        new Span<float>(work.Hidden, tiles * Gemm<TVector>.TileRows * _shape.Lanes).Clear();
        int last = _shape.Convolutions;
        int depth = _shape.FeatureChannels * _shape.TextTokens;
        float* weights = _fc1.Pointer;
        // Each convolution is one row behind the one that it reads.
        for (int step = 0; step < rows + Math.Max(0, last - 1); step++)
        {
            for (int layer = 1; layer <= last; layer++)
            {
                int row = step - (layer - 1);
                if ((uint)row < (uint)rows)
                    Convolve(work, layer, row);
            }
            int done = step - Math.Max(0, last - 1);
            if (done < 0)
                continue;
            if (last == 0)
            {
                new Span<float>(work.Inside + ((nint)done * _shape.RowStride), depth * _shape.Lanes).CopyTo(
                    new Span<float>(work.FeatureRow(done), depth * _shape.Lanes)
                );
            }

            int together = (done % RowsTogether) + 1;
            if (together < RowsTogether && done < rows - 1)
                continue;
            Gemm<TVector>.AddPacked(weights, work.FeatureRow(0), work.Hidden, tiles, together * depth);
            weights += (nint)tiles * Gemm<TVector>.TileRows * together * depth;
        }
        Finish(work, scores);
    }

    /// <summary>A row of one of the convolutions, from the map or from the rows of the one before.</summary>
    private void Convolve(InterleavedWorkspace work, int layer, int row)
    {
        (AlignedFloats? weights, AlignedFloats? bias) = _convolutions[layer - 1];
        (nint output, nint stride) =
            layer == _shape.Convolutions
                ? ((nint)work.FeatureRow(row), (nint)_shape.TextTokens * _shape.Lanes)
                : ((nint)(work.Row(layer, row) + _shape.Lanes), _shape.RowStride);
        if (layer == 1)
        {
            float* map = work.Map + ((nint)row * _shape.RowStride);
            Convolve(map, map + _shape.RowStride, map + (2 * _shape.RowStride), 1, weights.Pointer, bias.Pointer, (float*)output, stride);
            return;
        }
        Convolve(
            row == 0 ? work.Zeros : work.Row(layer - 1, row - 1),
            work.Row(layer - 1, row),
            row == _shape.ImageTokens - 1 ? work.Zeros : work.Row(layer - 1, row + 1),
            _shape.Channels,
            weights.Pointer,
            bias.Pointer,
            (float*)output,
            stride
        );
    }

    /// <summary>One row of a 3 × 3 convolution with ReLU.</summary>
    /// <param name="above">Row above, a zero column at either side. [inputs, textTokens + 2, lanes]</param>
    /// <param name="here">The row itself, likewise.</param>
    /// <param name="below">Row below, likewise.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="weights">[blocks, inputs, 3, 3, block]</param>
    /// <param name="bias">[blocks · block]</param>
    /// <param name="output">[channels, textTokens, lanes], channels <paramref name="outputStride"/> apart.</param>
    private void Convolve(
        float* above,
        float* here,
        float* below,
        int inputs,
        float* weights,
        float* bias,
        float* output,
        nint outputStride
    )
    {
        (int v, int lanes) = (TVector.Count, _shape.Lanes);
        float** rows = stackalloc float*[3] { above, here, below };
        for (int first = 0; first < _shape.Channels; first += Block)
        {
            float* blockWeights = weights + ((nint)first * inputs * 9);
            nint column = 0;
            if (Gemm<TVector>.HasManyRegisters)
            {
                for (; column <= _shape.TextTokens - 2; column += 2)
                {
                    ConvolveTwo(
                        rows,
                        column * lanes,
                        inputs,
                        blockWeights,
                        bias + first,
                        Math.Min(Block, _shape.Channels - first),
                        output + (first * outputStride) + (column * lanes),
                        outputStride
                    );
                }
            }
            for (; column < _shape.TextTokens; column++)
            {
                TVector s00,
                    s01,
                    s10,
                    s11,
                    s20,
                    s21,
                    s30,
                    s31;
                s00 = s01 = TVector.Broadcast(bias[first]);
                s10 = s11 = TVector.Broadcast(bias[first + 1]);
                s20 = s21 = TVector.Broadcast(bias[first + 2]);
                s30 = s31 = TVector.Broadcast(bias[first + 3]);
                float* w = blockWeights;
                nint at = column * lanes;
                for (int input = 0; input < inputs; input++, at += _shape.RowStride)
                {
                    for (int y = 0; y < 3; y++)
                    {
                        float* from = rows[y] + at;
                        for (int x = 0; x < 3; x++, from += lanes, w += Block)
                        {
                            TVector x0 = TVector.Load(from),
                                x1 = TVector.Load(from + v);
                            TVector weight = TVector.Broadcast(w[0]);
                            s00 = TVector.MultiplyAdd(weight, x0, s00);
                            s01 = TVector.MultiplyAdd(weight, x1, s01);
                            weight = TVector.Broadcast(w[1]);
                            s10 = TVector.MultiplyAdd(weight, x0, s10);
                            s11 = TVector.MultiplyAdd(weight, x1, s11);
                            weight = TVector.Broadcast(w[2]);
                            s20 = TVector.MultiplyAdd(weight, x0, s20);
                            s21 = TVector.MultiplyAdd(weight, x1, s21);
                            weight = TVector.Broadcast(w[3]);
                            s30 = TVector.MultiplyAdd(weight, x0, s30);
                            s31 = TVector.MultiplyAdd(weight, x1, s31);
                        }
                    }
                }
                float* to = output + (first * outputStride) + (column * lanes);
                StoreRelu(s00, s01, to);
                if (first + 1 < _shape.Channels)
                    StoreRelu(s10, s11, to + outputStride);
                if (first + 2 < _shape.Channels)
                    StoreRelu(s20, s21, to + (2 * outputStride));
                if (first + 3 < _shape.Channels)
                    StoreRelu(s30, s31, to + (3 * outputStride));
            }
        }
    }

    /// <summary>Two columns of a block of channels: weights are fetched half as often.</summary>
    /// <param name="rows">The rows above, here and below.</param>
    /// <param name="at">Where the column to the left of the first one begins in them.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="w">[inputs, 3, 3, block]</param>
    /// <param name="bias">[block]</param>
    /// <param name="channels">Channels of the block that there are.</param>
    /// <param name="output">Where the first column of the first channel goes.</param>
    /// <param name="outputStride">From channel to channel.</param>
    private void ConvolveTwo(float** rows, nint at, int inputs, float* w, float* bias, int channels, float* output, nint outputStride)
    {
        int v = TVector.Count;
        nint lanes = 2 * v;
        TVector s000,
            s001,
            s010,
            s011,
            s100,
            s101,
            s110,
            s111,
            s200,
            s201,
            s210,
            s211,
            s300,
            s301,
            s310,
            s311;
        s000 = s001 = s010 = s011 = TVector.Broadcast(bias[0]);
        s100 = s101 = s110 = s111 = TVector.Broadcast(bias[1]);
        s200 = s201 = s210 = s211 = TVector.Broadcast(bias[2]);
        s300 = s301 = s310 = s311 = TVector.Broadcast(bias[3]);
        for (int input = 0; input < inputs; input++, at += _shape.RowStride)
        {
            for (int y = 0; y < 3; y++)
            {
                float* from = rows[y] + at;
                for (int x = 0; x < 3; x++, from += lanes, w += Block)
                {
                    TVector x0 = TVector.Load(from),
                        x1 = TVector.Load(from + v),
                        y0 = TVector.Load(from + lanes),
                        y1 = TVector.Load(from + lanes + v);
                    TVector weight = TVector.Broadcast(w[0]);
                    s000 = TVector.MultiplyAdd(weight, x0, s000);
                    s001 = TVector.MultiplyAdd(weight, x1, s001);
                    s010 = TVector.MultiplyAdd(weight, y0, s010);
                    s011 = TVector.MultiplyAdd(weight, y1, s011);
                    weight = TVector.Broadcast(w[1]);
                    s100 = TVector.MultiplyAdd(weight, x0, s100);
                    s101 = TVector.MultiplyAdd(weight, x1, s101);
                    s110 = TVector.MultiplyAdd(weight, y0, s110);
                    s111 = TVector.MultiplyAdd(weight, y1, s111);
                    weight = TVector.Broadcast(w[2]);
                    s200 = TVector.MultiplyAdd(weight, x0, s200);
                    s201 = TVector.MultiplyAdd(weight, x1, s201);
                    s210 = TVector.MultiplyAdd(weight, y0, s210);
                    s211 = TVector.MultiplyAdd(weight, y1, s211);
                    weight = TVector.Broadcast(w[3]);
                    s300 = TVector.MultiplyAdd(weight, x0, s300);
                    s301 = TVector.MultiplyAdd(weight, x1, s301);
                    s310 = TVector.MultiplyAdd(weight, y0, s310);
                    s311 = TVector.MultiplyAdd(weight, y1, s311);
                }
            }
        }
        StoreRelu(s000, s001, output);
        StoreRelu(s010, s011, output + lanes);
        if (channels > 1)
        {
            StoreRelu(s100, s101, output + outputStride);
            StoreRelu(s110, s111, output + outputStride + lanes);
        }
        if (channels > 2)
        {
            StoreRelu(s200, s201, output + (2 * outputStride));
            StoreRelu(s210, s211, output + (2 * outputStride) + lanes);
        }
        if (channels > 3)
        {
            StoreRelu(s300, s301, output + (3 * outputStride));
            StoreRelu(s310, s311, output + (3 * outputStride) + lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRelu(TVector low, TVector high, float* to)
    {
        TVector.Store(TVector.Relu(low), to);
        TVector.Store(TVector.Relu(high), to + TVector.Count);
    }

    private void Finish(InterleavedWorkspace work, Span<float> scores)
    {
        (int v, int lanes) = (TVector.Count, _shape.Lanes);
        TVector sum0,
            sum1;
        sum0 = sum1 = TVector.Broadcast(_fc2Bias);
        for (int h = 0; h < _shape.Hidden; h++)
        {
            float* at = work.Hidden + ((nint)h * lanes);
            TVector bias = TVector.Broadcast(_fc1Bias[h]);
            TVector weight = TVector.Broadcast(_fc2[h]);
            sum0 = TVector.MultiplyAdd(weight, TVector.Relu(TVector.Add(TVector.Load(at), bias)), sum0);
            sum1 = TVector.MultiplyAdd(weight, TVector.Relu(TVector.Add(TVector.Load(at + v), bias)), sum1);
        }
        TVector.Store(sum0, work.Scratch);
        TVector.Store(sum1, work.Scratch + v);
        new ReadOnlySpan<float>(work.Scratch, lanes).CopyTo(scores);
    }

    private static (AlignedFloats Weights, AlignedFloats Bias) PackConvolution(float[] weights, float[] bias, int inputs, int outputs)
    {
        int padded = (outputs + Block - 1) / Block * Block;
        var packed = new AlignedFloats((long)padded * inputs * 9);
        var packedBias = new AlignedFloats(padded);
        for (int output = 0; output < outputs; output++)
        {
            packedBias.Pointer[output] = bias[output];
            float* block = packed.Pointer + ((nint)(output / Block) * inputs * 9 * Block);
            for (int tap = 0; tap < inputs * 9; tap++)
                block[(tap * Block) + (output % Block)] = weights[(output * inputs * 9) + tap];
        }
        return (packed, packedBias);
    }

    private static int Tiles(InterleavedShape shape) => (shape.Hidden + Gemm<TVector>.TileRows - 1) / Gemm<TVector>.TileRows;

    /// <summary>
    /// From [hidden, channels, imageTokens, textTokens] to [blocks of rows, tiles of hidden units, rows of the block, channels,
    /// textTokens, units of the tile]: the order in which they are read.
    /// </summary>
    private static AlignedFloats PackLinear(float[] weights, InterleavedShape shape)
    {
        const int Units = Gemm<TVector>.TileRows;
        (int columns, int channels, int rows, int tiles) = (shape.TextTokens, shape.FeatureChannels, shape.ImageTokens, Tiles(shape));
        var packed = new AlignedFloats((long)tiles * Units * channels * rows * columns);
        Parallel.For(
            0,
            (rows + RowsTogether - 1) / RowsTogether,
            block =>
            {
                int first = block * RowsTogether;
                int end = Math.Min(rows, first + RowsTogether);
                float* to = packed.Pointer + ((nint)tiles * Units * first * channels * columns);
                for (int tile = 0; tile < tiles; tile++)
                {
                    for (int row = first; row < end; row++)
                    {
                        for (int channel = 0; channel < channels; channel++)
                        {
                            for (int column = 0; column < columns; column++, to += Units)
                            {
                                for (int unit = 0; unit < Units && (tile * Units) + unit < shape.Hidden; unit++)
                                {
                                    to[unit] = weights[
                                        (((((((tile * Units) + unit) * channels) + channel) * rows) + row) * columns) + column
                                    ];
                                }
                            }
                        }
                    }
                }
            }
        );
        return packed;
    }
}
