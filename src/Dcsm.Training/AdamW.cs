using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training;

/// <summary>
/// AdamW (betas 0.9 and, by default, CLIP's 0.98), decay on matrices only, global gradient clipping, and moments that
/// can be saved: a resumed run goes on bit for bit. Matrices that are asked for are stepped by <see cref="Muon"/> instead.
/// </summary>
internal sealed class AdamW
{
    private const double Beta1 = 0.9;
    private readonly IReadOnlyDictionary<string, Parameter> _parameters;
    private readonly double _weightDecay, _beta2, _epsilon;
    private readonly Muon? _muon;

    public AdamW(
        IReadOnlyDictionary<string, Parameter> parameters, double weightDecay, double beta2 = 0.98, double epsilon = 1e-6, Muon? muon = null)
    {
        _parameters = parameters;
        _muon = muon;
        (_weightDecay, _beta2, _epsilon) = (weightDecay, beta2, epsilon);
        First = parameters.ToDictionary(p => p.Key, p => zeros_like(p.Value).detach(), StringComparer.Ordinal);
        Second = parameters.ToDictionary(p => p.Key, p => zeros_like(p.Value).detach(), StringComparer.Ordinal);
    }

    public int Step { get; set; }

    public IReadOnlyDictionary<string, Tensor> First { get; }

    public IReadOnlyDictionary<string, Tensor> Second { get; }

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
        Tensor norms = stack(_parameters.Values.Where(p => p.grad is not null).Select(p => p.grad!.norm()));
        double norm = norms.norm().item<float>();
        double scale = Math.Min(1, maximumNorm / (norm + 1e-6));
        double correction1 = 1 - Math.Pow(Beta1, Step), correction2 = Math.Sqrt(1 - Math.Pow(_beta2, Step));
        foreach ((string name, Parameter parameter) in _parameters)
        {
            if (parameter.grad is not { } gradient)
                continue;
            gradient.mul_(scale);
            if (_muon?.Has(name) == true)
                continue;
            First[name].mul_(Beta1).add_(gradient, alpha: 1 - Beta1);
            Second[name].mul_(_beta2).addcmul_(gradient, gradient, 1 - _beta2);
            if (parameter.dim() > 1 && _weightDecay > 0)
                parameter.mul_(1 - learningRate * _weightDecay);
            Tensor denominator = Second[name].sqrt().div_(correction2).add_(_epsilon);
            parameter.addcdiv_(First[name], denominator, -learningRate / correction1);
        }
        _muon?.Advance(_parameters, First, learningRate, _weightDecay);
    }
}
