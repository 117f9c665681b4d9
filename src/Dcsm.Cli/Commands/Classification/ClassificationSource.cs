using System.Text.Json.Serialization;
using Dcsm.Cli.Options;

namespace Dcsm.Cli.Commands.Classification;

/// <summary>What named pictures, for the record.</summary>
internal sealed record ClassificationSource
{
    /// <summary>The CLIP.</summary>
    public required string Clip { get; init; }

    /// <summary>Its fingerprint.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What its image tower was computed in.</summary>
    public required string Precision { get; init; }

    /// <summary>The DCSM head, or <see cref="CommonOptions.MatchingHead"/>; null for none.</summary>
    public string? Head { get; init; }

    /// <summary>What the head is called.</summary>
    [JsonIgnore]
    public string HeadName => Head is CommonOptions.MatchingHead ? "ITM" : "DCSM";

    /// <summary>What labels were asked with; null for a probe.</summary>
    public string? Templates { get; init; }

    /// <summary>The probe; null for none.</summary>
    public string? Probe { get; init; }

    /// <summary>What scores were multiplied by.</summary>
    public required double Temperature { get; init; }
}
