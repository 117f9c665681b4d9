using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Convolutions;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Head;

/// <summary>
/// The head over as many maps as there are lanes: for each image token one row of both convolutions is made and at once added
/// into the hidden layer, so that activations never leave the nearest caches and fc1 is read once for all lanes.
/// </summary>
internal sealed unsafe class InterleavedHead<TVector>
    where TVector : unmanaged, IFloatVector<TVector>
{
    // Rows of features that go into the hidden layer together: the sums are then fetched and put away half as often.
    internal const int RowsTogether = 2;

    private readonly InterleavedShape _shape;
    private readonly Convolution3x3[] _convolutions;
    private readonly AlignedFloats _fc1;
    private readonly float[] _fc1Bias;
    private readonly float[] _fc2;
    private readonly float _fc2Bias;

    internal InterleavedHead(InterleavedShape shape, DcsmHeadWeights weights)
    {
        _shape = shape;
        _convolutions = new Convolution3x3[shape.Convolutions];
        for (int layer = 1; layer <= shape.Convolutions; layer++)
        {
            (ReadOnlyMemory<float> weight, ReadOnlyMemory<float> bias) = HeadTensors.Convolution(weights, layer);
            _convolutions[layer - 1] = new Convolution3x3(layer == 1 ? 1 : shape.Channels, shape.Channels);
            _convolutions[layer - 1].Set(weight.Span, bias.Span);
        }
        _fc1 = PackLinear(weights.Fc1Weight, shape);
        _fc1Bias = weights.Fc1Bias.ToArray();
        _fc2 = weights.Fc2Weight.ToArray();
        _fc2Bias = weights.Fc2Bias.Span[0];
    }

    /// <summary>Tiles of hidden units that are summed together; the last one is filled up with zeros.</summary>
    internal int HiddenTiles => Tiles(_shape);

    /// <summary>A convolution, from 1.</summary>
    internal Convolution3x3 Convolution(int layer) => _convolutions[layer - 1];

    /// <summary>
    /// What the hidden layer takes from some rows of features. [tiles, rows of the block, channels, textTokens, units of the tile]
    /// </summary>
    /// <param name="row">The first row, a multiple of <see cref="RowsTogether"/>.</param>
    internal float* HiddenWeights(int row) =>
        _fc1.Pointer + ((nint)row * HiddenTiles * Gemm.TileRows * _shape.FeatureChannels * _shape.TextTokens);

    /// <summary>The score of one pair from its sums.</summary>
    /// <param name="hidden">[hidden]</param>
    internal float Finish(float* hidden)
    {
        float sum = _fc2Bias;
        for (int h = 0; h < _shape.Hidden; h++)
            sum = float.MultiplyAddEstimate(_fc2[h], MathF.Max(0, hidden[h] + _fc1Bias[h]), sum);
        return sum;
    }

    /// <summary>Scores the standardized maps of a workspace.</summary>
    /// <param name="scores">[lanes]</param>
    internal void Run(InterleavedWorkspace work, Span<float> scores)
    {
        int rows = _shape.ImageTokens;
        int tiles = Tiles(_shape);
        new Span<float>(work.Hidden, tiles * Gemm.TileRows * _shape.Lanes).Clear();
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
                new Span<float>(work.Maps.Inside + ((nint)done * _shape.RowStride), depth * _shape.Lanes).CopyTo(
                    new Span<float>(work.FeatureRow(done), depth * _shape.Lanes)
                );
            }

            int together = (done % RowsTogether) + 1;
            if (together < RowsTogether && done < rows - 1)
                continue;
            Gemm.AddPacked<TVector>(weights, work.FeatureRow(0), work.Hidden, tiles, together * depth);
            weights += (nint)tiles * Gemm.TileRows * together * depth;
        }
        Finish(work, scores);
    }

    /// <summary>A row of one of the convolutions, from the map or from the rows of the one before.</summary>
    private void Convolve(InterleavedWorkspace work, int layer, int row)
    {
        (nint output, nint stride) =
            layer == _shape.Convolutions
                ? ((nint)work.FeatureRow(row), (nint)_shape.TextTokens * _shape.Lanes)
                : ((nint)(work.Row(layer, row) + _shape.Lanes), _shape.RowStride);
        float* above,
            here,
            below;
        if (layer == 1)
        {
            above = work.Maps.Bordered + ((nint)row * _shape.RowStride);
            here = above + _shape.RowStride;
            below = here + _shape.RowStride;
        }
        else
        {
            above = row == 0 ? work.Zeros : work.Row(layer - 1, row - 1);
            here = work.Row(layer - 1, row);
            below = row == _shape.ImageTokens - 1 ? work.Zeros : work.Row(layer - 1, row + 1);
        }
        Convolution(layer).Row<TVector>(above, here, below, _shape.RowStride, _shape.Lanes, _shape.TextTokens, (float*)output, stride);
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
        fixed (float* to = scores[..lanes])
        {
            TVector.Store(sum0, to);
            TVector.Store(sum1, to + v);
        }
    }

    private static int Tiles(InterleavedShape shape) => (shape.Hidden + Gemm.TileRows - 1) / Gemm.TileRows;

    /// <summary>
    /// From [hidden, channels, imageTokens, textTokens] to [blocks of rows, tiles of hidden units, rows of the block, channels,
    /// textTokens, units of the tile]: the order in which they are read.
    /// </summary>
    private static AlignedFloats PackLinear(ReadOnlyMemory<float> weights, InterleavedShape shape)
    {
        const int Units = Gemm.TileRows;
        (int columns, int channels, int rows, int tiles) = (shape.TextTokens, shape.FeatureChannels, shape.ImageTokens, Tiles(shape));
        var packed = new AlignedFloats((long)tiles * Units * channels * rows * columns);
        Parallel.For(
            0,
            (rows + RowsTogether - 1) / RowsTogether,
            block =>
            {
                ReadOnlySpan<float> from = weights.Span;
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
                                    to[unit] = from[(((((((tile * Units) + unit) * channels) + channel) * rows) + row) * columns) + column];
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
