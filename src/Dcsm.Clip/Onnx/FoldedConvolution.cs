namespace Dcsm.Clip.Onnx;

/// <summary>
/// Weight or bias of a convolution with the batch norm that follows it: w · γ/√(σ² + ε) and β − μ · γ/√(σ² + ε).
/// </summary>
/// <param name="Convolution">Name of the convolution, which has no bias of its own.</param>
/// <param name="ConvolutionShape">[out, in, kernel, kernel]</param>
/// <param name="Norm">Name of the batch norm.</param>
/// <param name="IsBias">Whether it is the bias.</param>
internal sealed record FoldedConvolution(string Convolution, int[] ConvolutionShape, string Norm, bool IsBias)
    : OnnxWeight(
        $"{Convolution}.folded_{(IsBias ? "bias" : "weight")}",
        IsBias ? ConvolutionShape[..1] : ConvolutionShape,
        ConvolutionShape
    )
{
    // PyTorch's default, which no CLIP changes.
    private const double Epsilon = 1e-5;

    public override IReadOnlyList<(string Name, int[] Shape)> Stored
    {
        get
        {
            int[] channels = ConvolutionShape[..1];
            return
            [
                ($"{Convolution}.weight", ConvolutionShape),
                ($"{Norm}.weight", channels),
                ($"{Norm}.bias", channels),
                ($"{Norm}.running_mean", channels),
                ($"{Norm}.running_var", channels),
            ];
        }
    }

    /// <param name="tensor">Reads one of <see cref="Stored"/>.</param>
    /// <param name="values">To be filled.</param>
    public void Compute(Func<string, float[]> tensor, Span<float> values)
    {
        (float[]? gamma, float[]? variance) = (tensor($"{Norm}.weight"), tensor($"{Norm}.running_var"));
        if (IsBias)
        {
            (float[]? beta, float[]? mean) = (tensor($"{Norm}.bias"), tensor($"{Norm}.running_mean"));
            for (int channel = 0; channel < values.Length; channel++)
                values[channel] = (float)(beta[channel] - (mean[channel] * Factor(channel)));
            return;
        }
        float[] weight = tensor($"{Convolution}.weight");
        int kernel = weight.Length / gamma.Length;
        for (int channel = 0; channel < gamma.Length; channel++)
        {
            double factor = Factor(channel);
            for (int i = channel * kernel; i < (channel + 1) * kernel; i++)
                values[i] = (float)(weight[i] * factor);
        }

        double Factor(int channel) => gamma[channel] / Math.Sqrt(variance[channel] + Epsilon);
    }
}
