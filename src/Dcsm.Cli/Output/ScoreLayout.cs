using Dcsm.Cli.Inputs;

namespace Dcsm.Cli.Output;

/// <summary>What is shown beside scores.</summary>
internal sealed record ScoreLayout
{
    /// <summary>Tells, when all scores are there, what was left out; null where nothing may be.</summary>
    public Func<IReadOnlyList<SkippedPair>>? Skipped { get; init; }

    /// <summary>Other columns of the table of pairs.</summary>
    public IReadOnlyList<string> OtherColumns { get; init; } = [];

    /// <summary>Whether a caption was cut.</summary>
    public bool AnyTruncated { get; init; }

    /// <summary>Whether the head gives probabilities.</summary>
    public bool HasCalibration { get; init; }

    /// <summary>Whether each caption's share among those of its picture is shown.</summary>
    public bool Softmax { get; init; }

    /// <summary>Whether a table shows scores all the same.</summary>
    public bool Logits { get; init; }

    /// <summary>Whether the best come first.</summary>
    public bool Sorted { get; init; }
}
