using Dcsm.Clip.Models;

namespace Dcsm.Clip.Checkpoints;

/// <summary>What a checkpoint does not tell of its architecture.</summary>
public sealed record ClipCheckpointOptions
{
    /// <summary>
    /// Activation of both towers. Null to take what is known: the configuration's; QuickGELU for OpenAI's archives, for
    /// transformers' names, and where an open_clip checkpoint's name says "quickgelu" or "openai"; otherwise GELU, which is
    /// open_clip's default.
    /// </summary>
    public ClipActivation? Activation { get; init; }

    /// <summary>
    /// A model configuration of open_clip (<c>open_clip_config.json</c>, or what is under its <c>model_cfg</c>). Null to take
    /// <c>open_clip_config.json</c> beside the checkpoint, if it is there.
    /// </summary>
    public string? ConfigFile { get; init; }

    /// <summary>Attention heads of the image tower; null for the configuration's, or one for each 64 of its width.</summary>
    public int? VisionHeads { get; init; }

    /// <summary>Attention heads of the text tower; null for the configuration's, or one for each 64 of its width.</summary>
    public int? TextHeads { get; init; }
}
