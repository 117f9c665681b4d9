using TorchSharp;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Torch;

/// <summary>
/// Momentum whose updates are orthogonalized by five Newton–Schulz iterations (Jordan et al., Muon, 2024), scaled so that an
/// update's root mean square is 0.2 times the learning rate, about AdamW's (Liu et al., Muon is scalable, 2025).
/// </summary>
/// <param name="matrices">What is stepped this way; all two-dimensional.</param>
/// <param name="rate">Learning rate, as a multiple of AdamW's.</param>
internal sealed class Muon(IEnumerable<KeyValuePair<string, Parameter>> matrices, double rate)
{
    private const double Momentum = 0.95;
    private const int Iterations = 5;

    // Matrices of one shape, wide or tall, are orthogonalized in one batch.
    private readonly string[][] _groups =
    [
        .. matrices
            .GroupBy(p => (p.Value.shape.Min(), p.Value.shape.Max()), p => p.Key)
            .Select(group => group.Order(StringComparer.Ordinal).ToArray()),
    ];

    private readonly HashSet<string> _names = new(matrices.Select(p => p.Key), StringComparer.Ordinal);

    public bool Has(string name) => _names.Contains(name);

    public void Advance(
        IReadOnlyDictionary<string, Parameter> parameters,
        IReadOnlyDictionary<string, Tensor> momenta,
        double learningRate,
        double weightDecay
    )
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        learningRate *= rate;
        foreach (string[] group in _groups)
        {
            var updates = new List<Tensor>();
            foreach (string name in group)
            {
                Tensor gradient = parameters[name].grad!,
                    momentum = momenta[name];
                momentum.mul_(Number(Momentum)).Add(gradient);
                Tensor update = momentum.Times(Momentum).Add(gradient); // Nesterov's look ahead
                updates.Add(IsTall(update) ? update.t() : update);
            }

            Tensor orthogonal = Orthogonalize(stack(updates));
            for (int i = 0; i < group.Length; i++)
            {
                Parameter parameter = parameters[group[i]];
                Tensor update = IsTall(parameter) ? orthogonal[i].t() : orthogonal[i];
                parameter.mul_(Number(1 - (learningRate * weightDecay)));
                parameter.add_(update, alpha: Number(-learningRate * 0.2 * Math.Sqrt(parameter.shape.Max())));
            }
        }
    }

    /// <summary>Brings the singular values near 1 (0.7 … 1.2): x ← a·x + (b·xxᵀ + c·(xxᵀ)²)·x.</summary>
    /// <param name="x">[matrices, rows, columns], rows ≤ columns.</param>
    internal static Tensor Orthogonalize(Tensor x)
    {
        const double A = 3.4445,
            B = -4.7750,
            C = 2.0315;
        x = x / (x * x).sum([1, 2], keepdim: true).sqrt().Plus(1e-7);
        for (int i = 0; i < Iterations; i++)
        {
            Tensor square = x.bmm(x.transpose(1, 2));
            x = x.Times(A).Plus(square.Times(B).Plus(square.bmm(square).Times(C)).bmm(x));
        }

        return x;
    }

    private static bool IsTall(Tensor matrix) => matrix.shape[0] > matrix.shape[1];
}
