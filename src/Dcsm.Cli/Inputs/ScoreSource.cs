using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Cli.Inputs;

/// <summary>What made scores.</summary>
/// <param name="Clip">Directory of the CLIP; null where none was opened.</param>
/// <param name="ClipFingerprint">Its fingerprint.</param>
/// <param name="Precision">What its image tower was computed in.</param>
/// <param name="Head">Directory of the head; null where CLIP scores alone.</param>
/// <param name="Embeddings">Directory of the embeddings that were read; null where there were none.</param>
internal sealed record ScoreSource(string? Clip, string ClipFingerprint, ClipPrecision Precision, string? Head, string? Embeddings)
{
    /// <summary>Whether pictures were turned as their files say; null where none were read.</summary>
    public PictureOrientation? Orientation { get; init; }
}
