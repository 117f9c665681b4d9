using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Scoring;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Adaptation.DcsmHeads;

/// <summary>CLIP is frozen; a DCSM head reads the dense map. Trained as <see cref="HeadTrainer"/> does by default.</summary>
internal sealed class DcsmHeadMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override string Name => "dcsm";

    /// <inheritdoc/>
    public override double LearningRate => 3e-3;

    internal override string RecordName => "Dcsm";

    /// <inheritdoc/>
    public override string Title(AdaptationOptions options) => "frozen, DCSM head";

    /// <inheritdoc/>
    public override AdaptedClip Open(string directory, ClipModel clip, ClipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new HeadedClip(clip, new DcsmScorer(clip, DcsmHead.Load(directory)), options.Threads);
    }

    // Its own seconds count what went before an interruption, too.
    internal override (long Parameters, double? Seconds) Train(AdaptationTask task)
    {
        var options = new HeadTrainingOptions
        {
            Steps = task.Options.Steps,
            SamplesPerStream = task.Options.SamplesPerStream,
            PoolSamples = task.Options.Samples,
            LearningRate = task.LearningRate,
            ValidationSamples = 0,
            ReportEvery = 1,
            Seed = task.Options.Seed,
        };
        DcsmHead trained = HeadTrainer.Train(
            task.Clip,
            task.Source,
            options,
            task.Directory,
            task.Progress is { } progress ? new Relay(progress) : null,
            task.CancellationToken
        );
        trained.Save(task.Directory);
        return (trained.Config.ParameterCount, trained.Config.Metrics["seconds"]?.GetValue<double>());
    }

    private sealed class HeadedClip(ClipModel clip, DcsmScorer scorer, int threads) : AdaptedClip(clip)
    {
        public override int TextTokens => scorer.Head.Config.TextTokens;

        public override float[] Score(ImageEncoding images, TextEncoding captions, IReadOnlyList<(int Image, int Caption)> pairs) =>
            scorer.Head.ScorePairs(images, captions, pairs, threads);
    }

    private sealed class Relay(IProgress<AdaptationProgress> progress) : IProgress<HeadTrainingProgress>
    {
        public void Report(HeadTrainingProgress value) => progress.Report(new AdaptationProgress(value.Step, value.Steps, value.Loss));
    }
}
