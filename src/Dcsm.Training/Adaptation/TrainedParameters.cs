using Dcsm.Training.Pretraining;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Adaptation;

/// <summary>What a method trains of a CLIP.</summary>
/// <param name="Parameters">By name.</param>
/// <param name="Merge">Called after training, to bring what was added into the CLIP's own weights; null where nothing was added.</param>
internal sealed record TrainedParameters(IReadOnlyDictionary<string, Parameter> Parameters, Action? Merge = null)
{
    /// <summary>Some of the CLIP's own weights.</summary>
    public static TrainedParameters Of(TorchClip model, Func<string, bool> isTrained) =>
        new(model.Parameters.Where(p => isTrained(p.Key)).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal));
}
