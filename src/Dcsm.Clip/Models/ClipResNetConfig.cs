using Dcsm.IO.Collections;

namespace Dcsm.Clip.Models;

/// <summary>
/// The image tower of a ResNet CLIP (openai/CLIP, <c>ModifiedResNet</c>): a stem of three convolutions, four stages of
/// bottlenecks, and attention pooling.
/// </summary>
public sealed record ClipResNetConfig
{
    /// <summary>Width of the stem's output (<c>resnet_width</c>); the last stage's output is 32 times as wide. 64 in RN50.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Bottlenecks of each of the four stages (<c>resnet_layers</c>). 3, 4, 6, 3 in RN50.</summary>
    public IReadOnlyList<int> Layers
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<int>([3, 4, 6, 3]);
}
