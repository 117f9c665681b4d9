using Dcsm.Training.Pretraining;
using static TorchSharp.torch;

namespace Dcsm.Training.Adaptation.Projections;

/// <summary>CLIP's two projections into the joint space are trained, nothing else.</summary>
internal sealed class ProjectionMethod : ClipTuningMethod
{
    /// <inheritdoc/>
    public override string Name => "projection";

    /// <inheritdoc/>
    public override double LearningRate => 9e-3;

    internal override string RecordName => "Projection";

    /// <inheritdoc/>
    public override string Title(AdaptationOptions options) => "projections only";

    internal override TrainedParameters Choose(TorchClip model, AdaptationOptions options, Generator? generator) =>
        TrainedParameters.Of(model, name => name is "visual_projection.weight" or "text_projection.weight");
}
