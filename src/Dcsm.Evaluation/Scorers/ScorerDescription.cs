using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Scorers;

/// <summary>A scorer as results name it.</summary>
/// <param name="Name">The scorer's name.</param>
/// <param name="Properties">What it is: directory, fingerprints, settings.</param>
public sealed record ScorerDescription(string Name, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>What it is: directory, fingerprints, settings.</summary>
    public IReadOnlyDictionary<string, string> Properties
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Properties);
}
