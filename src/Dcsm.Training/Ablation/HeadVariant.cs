using Dcsm.Training.Heads;

namespace Dcsm.Training.Ablation;

/// <summary>A head that differs from the baseline in one thing.</summary>
/// <param name="Name">Its name, also of its folder.</param>
/// <param name="Group">What kind of thing it differs in.</param>
/// <param name="Description">What is different.</param>
public sealed record HeadVariant(string Name, string Group, string Description)
{
    /// <summary>Makes its options of the baseline's.</summary>
    public Func<HeadTrainingOptions, HeadTrainingOptions> Change { get; init; } = options => options;

    /// <summary>Training samples of each stream; null for all.</summary>
    public int? Samples { get; init; }

    /// <summary>The stream that it is trained without; null for none.</summary>
    public string? Without { get; init; }
}
