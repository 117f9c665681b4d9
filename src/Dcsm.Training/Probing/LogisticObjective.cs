using System.Numerics.Tensors;
using TorchSharp;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Dcsm.Training.Probing;

/// <summary>
/// ½‖W‖²/(C · n) + mean cross-entropy and its gradient, in double precision, a few thousand pictures at a time so that memory does not grow
/// with their number.
/// </summary>
internal sealed class LogisticObjective(float[] features, int dimension, int[] labels, int classes, double c)
{
    // Rows of logits that are held at once: 32 MB of them.
    private const int LogitsAtOnce = 1 << 22;

    private readonly int _rows = Math.Max(1, Math.Min(labels.Length, LogitsAtOnce / classes));

    /// <summary>The weight of ½‖W‖².</summary>
    public double Strength { get; } = 1 / (c * labels.Length);

    /// <summary>The objective as scikit-learn has it.</summary>
    public double Unscaled(double value) => value / Strength;

    /// <param name="parameters">[classes, dimension + 1]</param>
    /// <param name="gradient">[classes, dimension + 1], written.</param>
    public double Evaluate(double[] parameters, double[] gradient)
    {
        int width = dimension + 1;
        double loss = 0;
        using (NewDisposeScope())
        using (no_grad())
        {
            Tensor weights = tensor(parameters, [classes, width]),
                sum = zeros([classes, width], float64);
            for (int first = 0; first < labels.Length; first += _rows)
            {
                using DisposeScope chunk = NewDisposeScope();
                int count = Math.Min(_rows, labels.Length - first);
                Tensor inputs = ones([count, width], float64);
                inputs
                    .narrow(1, 0, dimension)
                    .copy_(tensor(features[(first * dimension)..((first + count) * dimension)], [count, dimension]));
                Tensor own = tensor(labels[first..(first + count)]).to(int64).unsqueeze(1),
                    logs = nn.functional.log_softmax(inputs.matmul(weights.t()), 1);
                loss -= logs.gather(1, own).sum().item<double>();
                // The gradient of the cross-entropy by the logits: shares less one for the own class.
                Tensor shares = logs.exp_();
                shares.scatter_add_(1, own, full([count, 1], Number(-1.0), float64));
                sum.Add(shares.t().matmul(inputs));
            }

            sum.div_(Number(labels.Length));
            sum.data<double>().CopyTo(gradient);
        }

        double length = 0;
        for (int k = 0; k < classes; k++)
        {
            Span<double> own = parameters.AsSpan(k * width, dimension),
                slope = gradient.AsSpan(k * width, dimension);
            length += TensorPrimitives.Dot<double>(own, own);
            TensorPrimitives.MultiplyAdd(own, Strength, slope, slope);
        }

        return (loss / labels.Length) + (0.5 * Strength * length);
    }
}
