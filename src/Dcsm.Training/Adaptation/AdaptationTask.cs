using Dcsm.Clip.Models;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Adaptation;

/// <summary>What a method is given, and the loop that those without one of their own share.</summary>
/// <param name="Method">The method.</param>
/// <param name="Clip">The CLIP; it is not changed.</param>
/// <param name="Source">The samples.</param>
/// <param name="Options">For how long, and on how much.</param>
/// <param name="Directory">Where the result goes.</param>
/// <param name="Progress">Told after every step.</param>
/// <param name="CancellationToken">Stops between two steps.</param>
internal sealed record AdaptationTask(
    AdaptationMethod Method,
    ClipModel Clip,
    SubsetTrainingSource Source,
    AdaptationOptions Options,
    string Directory,
    IProgress<AdaptationProgress>? Progress,
    CancellationToken CancellationToken
)
{
    private const int WarmUpSteps = 30;

    /// <summary>Peak learning rate.</summary>
    public double LearningRate => Options.LearningRateOf(Method);

    /// <summary>Adam, a short warm-up, then down along half a cosine.</summary>
    /// <param name="parameters">What is stepped.</param>
    /// <param name="loss">The loss of a step, from 0.</param>
    /// <exception cref="InvalidDataException">The loss is not finite any more.</exception>
    public void Optimize(IReadOnlyDictionary<string, Parameter> parameters, Func<int, Tensor> loss)
    {
        var adam = new AdamW(parameters, weightDecay: 0, beta2: 0.999, epsilon: 1e-8);
        for (int step = 0; step < Options.Steps; step++)
        {
            CancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            adam.ZeroGradients();
            Tensor value = loss(step);
            value.backward();
            double number = value.item<float>();
            if (!double.IsFinite(number))
            {
                throw new InvalidDataException(
                    $"{Method.RecordName}, step {step + 1}: the loss is {number}; lower the learning rate ({LearningRate})"
                );
            }

            double warm = Math.Min(1, (step + 1.0) / (WarmUpSteps + 1)),
                left = 1 - ((double)step / Options.Steps);
            adam.Advance(LearningRate * warm * (1 - Math.Cos(Math.PI * left)) / 2, maximumNorm: 1);
            Progress?.Report(new AdaptationProgress(step + 1, Options.Steps, number));
        }
    }
}
