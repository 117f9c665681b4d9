using Dcsm.Training.Pretraining;
using static TorchSharp.torch;

namespace Dcsm.Training.Adaptation.FullFineTuning;

/// <summary>All of CLIP is trained.</summary>
internal sealed class FullFineTuningMethod : ClipTuningMethod
{
    /// <inheritdoc/>
    public override string Name => "full";

    /// <inheritdoc/>
    public override double LearningRate => 9e-4;

    internal override string RecordName => "Full";

    /// <inheritdoc/>
    public override string Title(AdaptationOptions options) => "full fine-tuning";

    internal override TrainedParameters Choose(TorchClip model, AdaptationOptions options, Generator? generator) =>
        TrainedParameters.Of(model, name => name != TorchClip.Bias); // which the loss doesn't look at
}
