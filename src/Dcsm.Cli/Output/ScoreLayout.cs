using Dcsm.Cli.Inputs;

namespace Dcsm.Cli.Output;

/// <summary>What is shown beside scores.</summary>
internal sealed record ScoreLayout
{
    /// <summary>What was left out; null where nothing may be.</summary>
    public IReadOnlyList<SkippedPair>? Skipped { get; init; }

    /// <summary>Other columns of the table of pairs.</summary>
    public IReadOnlyList<string> OtherColumns { get; init; } = [];

    /// <summary>Whether a caption was cut.</summary>
    public bool AnyTruncated { get; init; }

    /// <summary>Whether the best come first.</summary>
    public bool Sorted { get; init; }
}
