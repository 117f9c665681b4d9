using Dcsm.Training.Torch;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Adaptation.LowRank;

/// <summary>
/// What LoRA (Hu et al., 2021) adds to a weight: B·A · α/r, with A random and B zero at the start, so that training begins at the
/// weight itself.
/// </summary>
internal sealed class LowRankUpdate
{
    private readonly double _scale;

    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="inputs">Columns of the weight.</param>
    /// <param name="rank">r.</param>
    /// <param name="alpha">α.</param>
    /// <param name="generator">Where A is drawn from; null for libtorch's default.</param>
    public LowRankUpdate(long outputs, long inputs, int rank, double alpha, Generator? generator)
    {
        _scale = alpha / rank;
        A = new Parameter(rand([rank, inputs], generator: generator).Times(2).Minus(1).Over(Math.Sqrt(inputs)));
        B = new Parameter(zeros(outputs, rank));
    }

    /// <summary>[rank, inputs].</summary>
    public Parameter A { get; }

    /// <summary>[outputs, rank].</summary>
    public Parameter B { get; }

    /// <summary>What the update adds to a layer's output.</summary>
    public Tensor Apply(Tensor x) => nn.functional.linear(nn.functional.linear(x, A), B).Times(_scale);

    /// <summary>What it adds to the weight. [outputs, inputs]</summary>
    public Tensor Delta() => B.matmul(A).Times(_scale);
}
