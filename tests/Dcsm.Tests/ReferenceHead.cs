using Dcsm.Head;

namespace Dcsm.Tests;

/// <summary>
/// The head as it is written down, one number after the other, in double: what the fast path is compared with.
/// </summary>
internal static class ReferenceHead
{
    internal static double Score(DcsmConfig config, DcsmHeadWeights weights, ReadOnlySpan<float> map)
    {
        double[] input = new double[map.Length];
        for (int i = 0; i < map.Length; i++)
            input[i] = map[i];
        for (int layer = 1; layer <= config.Convolutions; layer++)
        {
            (ReadOnlyMemory<float> weight, ReadOnlyMemory<float> bias) = HeadTensors.Convolution(weights, layer);
            input = Convolve(config, input, layer == 1 ? 1 : config.Channels, weight.ToArray(), bias.ToArray());
        }
        double[] hidden = Linear(input, weights.Fc1Weight.ToArray(), weights.Fc1Bias.ToArray(), relu: true);
        return Linear(hidden, weights.Fc2Weight.ToArray(), weights.Fc2Bias.ToArray(), relu: false)[0];
    }

    /// <summary>3 × 3, padded with zeros, then ReLU. [channels, imageTokens, textTokens]</summary>
    internal static double[] Convolve(DcsmConfig config, double[] input, int inputs, float[] weights, float[] bias)
    {
        (int rows, int columns) = (config.ImageTokens, config.TextTokens);
        double[] output = new double[config.Channels * rows * columns];
        for (int channel = 0; channel < config.Channels; channel++)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    double sum = bias[channel];
                    for (int from = 0; from < inputs; from++)
                    {
                        for (int tap = 0; tap < 9; tap++)
                        {
                            (int y, int x) = (row + (tap / 3) - 1, column + (tap % 3) - 1);
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
        double[] output = new double[bias.Length];
        for (int h = 0; h < output.Length; h++)
        {
            double sum = bias[h];
            for (int i = 0; i < input.Length; i++)
                sum += weights[(h * input.Length) + i] * input[i];
            output[h] = relu ? Math.Max(0, sum) : sum;
        }
        return output;
    }
}
