using Dcsm.Clip.Models;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>A picture on its way to an encoder.</summary>
/// <param name="Key">Its key in the cache; null without one.</param>
/// <param name="Rgb">[side, side, 3], where it has to be encoded.</param>
/// <param name="Known">Its embeddings, where they were found.</param>
internal sealed record PreparedPicture(string? Key, byte[]? Rgb, ImageEncoding? Known);
