using Dcsm.Clip.Models;

namespace Dcsm.Head;

internal static class ClipOfHead
{
    /// <summary>Why a CLIP and a head do not belong together; null if they do.</summary>
    internal static string? Check(ClipModel clip, DcsmHead head) =>
        Check(
            new ClipFacts(clip.Directory, clip.ImageTokens, clip.Dimension, clip.Config.Text.ContextLength),
            () => clip.Fingerprint,
            head
        );

    internal static string? Check(ClipFacts clip, Func<string> fingerprint, DcsmHead head)
    {
        DcsmConfig config = head.Config;
        string name = head.Directory is { } directory ? $"The head in {directory}" : "The head";
        if (clip.ImageTokens != config.ImageTokens || clip.Dimension != config.Dimension)
        {
            return $"{name} was trained on a CLIP of {config.ImageTokens} image tokens of {config.Dimension} numbers "
                + $"({Shown(config)}); the CLIP in {clip.Directory} has {clip.ImageTokens} of {clip.Dimension}. "
                + "Open the CLIP that the head was trained on, or train a head on this one.";
        }
        if (config.TextTokens > clip.ContextLength)
        {
            return $"{name} reads {config.TextTokens} text tokens; the CLIP in {clip.Directory} takes {clip.ContextLength} at most.";
        }
        // Last, for it reads all weights.
        string found = fingerprint();
        return string.Equals(found, config.ClipFingerprint, StringComparison.Ordinal)
            ? null
            : $"{name} was trained on another CLIP, {Shown(config)}; the CLIP in {clip.Directory} has the fingerprint {found}. "
                + "Open the CLIP that the head was trained on, or train a head on this one.";
    }

    private static string Shown(DcsmConfig config) =>
        config.ClipName is { } name ? $"{name}, fingerprint {config.ClipFingerprint}" : $"fingerprint {config.ClipFingerprint}";
}

/// <summary>What of a CLIP a head has to fit.</summary>
internal sealed record ClipFacts(string Directory, int ImageTokens, int Dimension, int ContextLength);
