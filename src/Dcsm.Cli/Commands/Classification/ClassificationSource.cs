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

    /// <summary>The DCSM head; null for none.</summary>
    public string? Head { get; init; }

    /// <summary>What labels were asked with; null for a probe.</summary>
    public string? Templates { get; init; }

    /// <summary>The probe; null for none.</summary>
    public string? Probe { get; init; }

    /// <summary>What scores were multiplied by.</summary>
    public required double Temperature { get; init; }
}
