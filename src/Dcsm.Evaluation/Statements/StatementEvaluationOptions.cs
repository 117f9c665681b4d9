namespace Dcsm.Evaluation.Statements;

/// <summary>How statements are judged.</summary>
public sealed record StatementEvaluationOptions
{
    /// <summary>Confidence of the intervals.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Draws of each bootstrap.</summary>
    public int Resamples { get; init; } = Statistics.Bootstrap.DefaultResamples;

    /// <summary>Seed of the bootstrap.</summary>
    public ulong BootstrapSeed { get; init; } = 1;

    /// <summary>Pictures that are encoded at once; decides memory and speed, not results.</summary>
    public int BatchPictures { get; init; } = 32;
}
