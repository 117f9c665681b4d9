namespace Dcsm.Cli.Inputs;

/// <summary>What was left out because its picture is missing or broken.</summary>
/// <param name="Row">Row of the table of pairs; null where pictures came by themselves.</param>
/// <param name="Image">The picture as it was named.</param>
/// <param name="Caption">The caption of the pair; null where pictures came by themselves.</param>
/// <param name="Reason">What is wrong.</param>
internal sealed record SkippedPair(int? Row, string Image, string? Caption, string Reason)
{
    /// <summary>The table's other columns; null where there are none.</summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }
}
