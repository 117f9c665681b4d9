namespace Dcsm.Internals;

/// <summary>
/// The head over as many maps as there are lanes: for each image token one row of both convolutions is made and at once added
/// into the hidden layer, so that activations never leave the nearest caches and fc1 is read once for all lanes.
/// </summary>
internal sealed unsafe class LaneHead<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    // Output channels computed together; convolution weights are padded with zeros to a multiple.
    private const int Block = 4;

    private readonly LaneShape shape;
    private readonly (AlignedFloats Weights, AlignedFloats Bias)[] convolutions;
    private readonly AlignedFloats fc1;
    private readonly float[] fc1Bias;
    private readonly float[] fc2;
    private readonly float fc2Bias;

    internal LaneHead(LaneShape shape, DcsmHeadWeights weights)
    {
        this.shape = shape;
        convolutions = new (AlignedFloats, AlignedFloats)[shape.Convolutions];
        for (var layer = 1; layer <= shape.Convolutions; layer++)
        {
            var (weight, bias) = HeadTensors.Convolution(weights, layer);
            convolutions[layer - 1] = PackConvolution(weight, bias, layer == 1 ? 1 : shape.Channels, shape.Channels);
        }
        fc1 = PackLinear(weights.Fc1Weight, shape);
        fc1Bias = weights.Fc1Bias;
        fc2 = weights.Fc2Weight;
        fc2Bias = weights.Fc2Bias[0];
    }

    /// <summary>Scores the standardised maps of a workspace.</summary>
    /// <param name="scores">[lanes]</param>
    internal void Run(LaneWorkspace work, Span<float> scores)
    {
        var rows = shape.ImageTokens;
        new Span<float>(work.Hidden, shape.Hidden * shape.Lanes).Clear();
        var last = shape.Convolutions;
        var depth = shape.FeatureChannels * shape.TextTokens;
        // Each convolution is one row behind the one that it reads.
        for (var step = 0; step < rows + Math.Max(0, last - 1); step++)
        {
            for (var layer = 1; layer <= last; layer++)
            {
                var row = step - (layer - 1);
                if ((uint)row < (uint)rows)
                    Convolve(work, layer, row);
            }
            var done = step - Math.Max(0, last - 1);
            if (done < 0)
                continue;
            var features = last == 0 ? work.Inside + ((nint)done * shape.RowStride) : work.Features;
            Gemm<TVector>.Multiply(
                fc1.Pointer + ((nint)done * shape.Hidden * depth), depth, features, work.Hidden, shape.Lanes, shape.Hidden, depth,
                accumulate: true);
        }
        Finish(work, scores);
    }

    /// <summary>A row of one of the convolutions, from the map or from the rows of the one before.</summary>
    private void Convolve(LaneWorkspace work, int layer, int row)
    {
        var (weights, bias) = convolutions[layer - 1];
        var (output, stride) = layer == shape.Convolutions
            ? ((nint)work.Features, (nint)shape.TextTokens * shape.Lanes)
            : ((nint)(work.Row(layer, row) + shape.Lanes), shape.RowStride);
        if (layer == 1)
        {
            var map = work.Map + ((nint)row * shape.RowStride);
            Convolve(map, map + shape.RowStride, map + (2 * shape.RowStride), 1, weights.Pointer, bias.Pointer, (float*)output, stride);
            return;
        }
        Convolve(
            row == 0 ? work.Zeros : work.Row(layer - 1, row - 1), work.Row(layer - 1, row),
            row == shape.ImageTokens - 1 ? work.Zeros : work.Row(layer - 1, row + 1),
            shape.Channels, weights.Pointer, bias.Pointer, (float*)output, stride);
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
        float* above, float* here, float* below, int inputs, float* weights, float* bias, float* output, nint outputStride)
    {
        var (v, lanes) = (TVector.Count, shape.Lanes);
        var rows = stackalloc float*[3] { above, here, below };
        for (var first = 0; first < shape.Channels; first += Block)
        {
            var blockWeights = weights + ((nint)first * inputs * 9);
            for (nint column = 0; column < shape.TextTokens; column++)
            {
                TVector s00, s01, s10, s11, s20, s21, s30, s31;
                s00 = s01 = TVector.Broadcast(bias[first]);
                s10 = s11 = TVector.Broadcast(bias[first + 1]);
                s20 = s21 = TVector.Broadcast(bias[first + 2]);
                s30 = s31 = TVector.Broadcast(bias[first + 3]);
                var w = blockWeights;
                var at = column * lanes;
                for (var input = 0; input < inputs; input++, at += shape.RowStride)
                {
                    for (var y = 0; y < 3; y++)
                    {
                        var from = rows[y] + at;
                        for (var x = 0; x < 3; x++, from += lanes, w += Block)
                        {
                            TVector x0 = TVector.Load(from), x1 = TVector.Load(from + v);
                            var weight = TVector.Broadcast(w[0]);
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
                var to = output + (first * outputStride) + (column * lanes);
                StoreRelu(s00, s01, to);
                if (first + 1 < shape.Channels)
                    StoreRelu(s10, s11, to + outputStride);
                if (first + 2 < shape.Channels)
                    StoreRelu(s20, s21, to + (2 * outputStride));
                if (first + 3 < shape.Channels)
                    StoreRelu(s30, s31, to + (3 * outputStride));
            }
        }
    }

    private static void StoreRelu(TVector low, TVector high, float* to)
    {
        TVector.Store(TVector.Relu(low), to);
        TVector.Store(TVector.Relu(high), to + TVector.Count);
    }

    private void Finish(LaneWorkspace work, Span<float> scores)
    {
        var (v, lanes) = (TVector.Count, shape.Lanes);
        TVector sum0, sum1;
        sum0 = sum1 = TVector.Broadcast(fc2Bias);
        for (var h = 0; h < shape.Hidden; h++)
        {
            var at = work.Hidden + ((nint)h * lanes);
            var bias = TVector.Broadcast(fc1Bias[h]);
            var weight = TVector.Broadcast(fc2[h]);
            sum0 = TVector.MultiplyAdd(weight, TVector.Relu(TVector.Add(TVector.Load(at), bias)), sum0);
            sum1 = TVector.MultiplyAdd(weight, TVector.Relu(TVector.Add(TVector.Load(at + v), bias)), sum1);
        }
        TVector.Store(sum0, work.Scratch);
        TVector.Store(sum1, work.Scratch + v);
        new ReadOnlySpan<float>(work.Scratch, lanes).CopyTo(scores);
    }

    private static (AlignedFloats Weights, AlignedFloats Bias) PackConvolution(float[] weights, float[] bias, int inputs, int outputs)
    {
        var padded = (outputs + Block - 1) / Block * Block;
        var packed = new AlignedFloats((long)padded * inputs * 9);
        var packedBias = new AlignedFloats(padded);
        for (var output = 0; output < outputs; output++)
        {
            packedBias.Pointer[output] = bias[output];
            var block = packed.Pointer + ((nint)(output / Block) * inputs * 9 * Block);
            for (var tap = 0; tap < inputs * 9; tap++)
                block[(tap * Block) + (output % Block)] = weights[(output * inputs * 9) + tap];
        }
        return (packed, packedBias);
    }

    /// <summary>From [hidden, channels, imageTokens, textTokens] to [imageTokens, hidden, channels, textTokens].</summary>
    private static AlignedFloats PackLinear(float[] weights, LaneShape shape)
    {
        var packed = new AlignedFloats(weights.Length);
        var (columns, channels, rows) = (shape.TextTokens, shape.FeatureChannels, shape.ImageTokens);
        for (var h = 0; h < shape.Hidden; h++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                for (var row = 0; row < rows; row++)
                {
                    var from = weights.AsSpan(((((h * channels) + channel) * rows) + row) * columns, columns);
                    from.CopyTo(new Span<float>(packed.Pointer + (((((nint)row * shape.Hidden) + h) * channels) + channel) * columns, columns));
                }
            }
        }
        return packed;
    }
}
