using Dcsm.Scoring;

namespace Dcsm.Extensions.AI;

/// <summary>What <see cref="DcsmServices.AddDcsm"/> opens.</summary>
public sealed class DcsmOptions
{
    /// <summary>The CLIP's directory or checkpoint.</summary>
    public string ClipDirectory { get; set; } = "";

    /// <summary>The head's directory.</summary>
    public string HeadDirectory { get; set; } = "";

    /// <summary>How to work. <see cref="DcsmScorerOptions.Warn"/> null: warnings go to the log.</summary>
    public DcsmScorerOptions Scorer { get; set; } = new();
}
