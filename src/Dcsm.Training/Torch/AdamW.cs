using Dcsm.Training.Heads.Kernels;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Torch;

/// <summary>
/// AdamW (betas 0.9 and, by default, CLIP's 0.98), decay on matrices only, global gradient clipping, and moments that
/// can be saved: a resumed run goes on bit for bit. Matrices that are asked for are stepped by <see cref="Muon"/> instead.
/// </summary>
internal sealed class AdamW
{
    private const double Beta1 = 0.9;
    private readonly IReadOnlyDictionary<string, Parameter> _parameters;
    private readonly double _weightDecay,
        _beta2,
        _epsilon;
    private readonly Muon? _muon;
    private readonly bool _withLibtorch;

    /// <param name="parameters">What is stepped.</param>
    /// <param name="weightDecay">Decay of matrices.</param>
    /// <param name="beta2">Decay of the second moments.</param>
    /// <param name="epsilon">Added to their roots.</param>
    /// <param name="muon">Steps some of the matrices.</param>
    /// <param name="withLibtorch">Whether libtorch computes on the CPU, too; for comparisons. The results differ by rounding.</param>
    public AdamW(
        IReadOnlyDictionary<string, Parameter> parameters,
        double weightDecay,
        double beta2 = 0.98,
        double epsilon = 1e-6,
        Muon? muon = null,
        bool withLibtorch = false
    )
    {
        _withLibtorch =
            withLibtorch
            || parameters.Values.Any(p =>
                p.device_type != TorchSharp.DeviceType.CPU || p.dtype != ScalarType.Float32 || !p.is_contiguous()
            );
        _parameters = parameters;
        _muon = muon;
        (_weightDecay, _beta2, _epsilon) = (weightDecay, beta2, epsilon);
        First = parameters.ToDictionary(p => p.Key, p => zeros_like(p.Value).detach(), StringComparer.Ordinal);
        Second = parameters.ToDictionary(p => p.Key, p => zeros_like(p.Value).detach(), StringComparer.Ordinal);
    }

    public int Step { get; set; }

    public IReadOnlyDictionary<string, Tensor> First { get; }

    public IReadOnlyDictionary<string, Tensor> Second { get; }

    /// <summary>Parameters and moments, under the names of checkpoints.</summary>
    public Dictionary<string, (int[] Shape, float[] Values)> Save()
    {
        var tensors = new Dictionary<string, (int[] Shape, float[] Values)>(StringComparer.Ordinal);
        foreach ((string name, Parameter parameter) in _parameters)
        {
            tensors[name] = parameter.Values();
            tensors["adam.first." + name] = First[name].Values();
            tensors["adam.second." + name] = Second[name].Values();
        }
        return tensors;
    }

    /// <summary>Takes parameters and moments from a checkpoint; <see cref="Step"/> is for the caller to set.</summary>
    public void Restore(SavedRun saved)
    {
        foreach ((string name, Parameter parameter) in _parameters)
        {
            parameter.Set(saved.Tensor(name, parameter.shape));
            First[name].Set(saved.Tensor("adam.first." + name, parameter.shape));
            Second[name].Set(saved.Tensor("adam.second." + name, parameter.shape));
        }
    }

    public void ZeroGradients()
    {
        foreach (Parameter parameter in _parameters.Values)
            parameter.grad?.zero_();
    }

    /// <summary>One update; gradients are scaled down first where their joint norm exceeds <paramref name="maximumNorm"/>.</summary>
    public void Advance(double learningRate, double maximumNorm)
    {
        using IDisposable noGradient = no_grad();
        Step++;
        double norm = Norm();
        double scale = Math.Min(1, maximumNorm / (norm + 1e-6));
        double correction1 = 1 - Math.Pow(Beta1, Step),
            correction2 = Math.Sqrt(1 - Math.Pow(_beta2, Step));
        foreach ((string name, Parameter parameter) in _parameters)
        {
            if (parameter.grad is not { } gradient)
                continue;
            if (_muon?.Has(name) == true)
            {
                gradient.mul_(Number(scale));
                continue;
            }
            double decay = parameter.dim() > 1 && _weightDecay > 0 ? 1 - (learningRate * _weightDecay) : 1;
            if (!_withLibtorch)
            {
                new AdamKernel(scale, Beta1, _beta2, decay, learningRate / correction1, 1 / correction2, _epsilon).Run(
                    parameter,
                    gradient.contiguous(),
                    First[name],
                    Second[name]
                );
                continue;
            }
            gradient.mul_(Number(scale));
            First[name].mul_(Number(Beta1)).add_(gradient, alpha: Number(1 - Beta1));
            Second[name].mul_(Number(_beta2)).addcmul_(gradient, gradient, Number(1 - _beta2));
            if (decay != 1)
                parameter.mul_(Number(decay));
            Tensor denominator = Second[name].sqrt().div_(Number(correction2)).add_(Number(_epsilon));
            parameter.addcdiv_(First[name], denominator, Number(-learningRate / correction1));
        }
        _muon?.Advance(_parameters, First, learningRate, _weightDecay);
    }

    /// <summary>The norm of all gradients together.</summary>
    private double Norm()
    {
        Tensor[] gradients = [.. _parameters.Values.Where(p => p.grad is not null).Select(p => p.grad!)];
        if (!_withLibtorch)
            return Math.Sqrt(gradients.Sum(gradient => AdamKernel.Squares(gradient.contiguous())));
        return stack(gradients.Select(gradient => gradient.norm())).norm().item<float>();
    }
}
