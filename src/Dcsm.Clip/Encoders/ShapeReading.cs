namespace Dcsm.Clip.Encoders;

/// <summary>How an architecture's sizes are read off its tensors' shapes.</summary>
/// <param name="HasClassToken">Whether the table of an image's places has one more row than there are patches.</param>
/// <param name="Projection">The tensor whose rows are the joint space's dimensions.</param>
/// <param name="VisionHeads">Attention heads of an image tower of some width; null where they are told or guessed as a CLIP's.</param>
internal sealed record ShapeReading(
    bool HasClassToken = true,
    string Projection = "text_projection.weight",
    Func<int, int>? VisionHeads = null
);
