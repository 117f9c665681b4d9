namespace Dcsm.Head;

/// <summary>
/// The head as it is written down, one number after the other, in double: what the fast path is compared with.
/// </summary>
internal static class ReferenceHead
{
    internal static double Score(DcsmConfig config, DcsmHeadWeights weights, ReadOnlySpan<float> map)
    {
        var input = new double[map.Length];
        for (var i = 0; i < map.Length; i++)
            input[i] = map[i];
        for (var layer = 1; layer <= config.Convolutions; layer++)
        {
            var (weight, bias) = HeadTensors.Convolution(weights, layer);
            input = Convolve(config, input, layer == 1 ? 1 : config.Channels, weight, bias);
        }
        var hidden = Linear(input, weights.Fc1Weight, weights.Fc1Bias, relu: true);
        return Linear(hidden, weights.Fc2Weight, weights.Fc2Bias, relu: false)[0];
    }

    /// <summary>3 × 3, padded with zeros, then ReLU. [channels, imageTokens, textTokens]</summary>
    internal static double[] Convolve(DcsmConfig config, double[] input, int inputs, float[] weights, float[] bias)
    {
        var (rows, columns) = (config.ImageTokens, config.TextTokens);
        var output = new double[config.Channels * rows * columns];
        for (var channel = 0; channel < config.Channels; channel++)
        {
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    double sum = bias[channel];
                    for (var from = 0; from < inputs; from++)
                    {
                        for (var tap = 0; tap < 9; tap++)
                        {
                            var (y, x) = (row + (tap / 3) - 1, column + (tap % 3) - 1);
                            if ((uint)y < (uint)rows && (uint)x < (uint)columns)
                                sum += weights[(((channel * inputs) + from) * 9) + tap] * input[(((from * rows) + y) * columns) + x];
                        }
                    }
                    output[(((channel * rows) + row) * columns) + column] = Math.Max(0, sum);
                }
            }
        }
        return output;
    }

    internal static double[] Linear(double[] input, float[] weights, float[] bias, bool relu)
    {
        var output = new double[bias.Length];
        for (var h = 0; h < output.Length; h++)
        {
            double sum = bias[h];
            for (var i = 0; i < input.Length; i++)
                sum += weights[(h * input.Length) + i] * input[i];
            output[h] = relu ? Math.Max(0, sum) : sum;
        }
        return output;
    }
}
