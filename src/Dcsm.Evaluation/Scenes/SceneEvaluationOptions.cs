namespace Dcsm.Evaluation.Scenes;

/// <summary>How scenes are judged.</summary>
public sealed record SceneEvaluationOptions
{
    /// <summary>Confidence of the intervals.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Draws of each bootstrap.</summary>
    public int Resamples { get; init; } = Statistics.Bootstrap.DefaultResamples;

    /// <summary>Seed of the bootstrap.</summary>
    public ulong BootstrapSeed { get; init; } = 1;

    /// <summary>Samples that are encoded at once; decides memory and speed, not results.</summary>
    public int BatchSamples { get; init; } = 32;
}
