namespace Dcsm.Clip.Models;

/// <summary>What towers are computed in.</summary>
public enum ClipPrecision
{
    /// <summary>32-bit floating point, by ONNX Runtime.</summary>
    Float32,

    /// <summary>
    /// The linear layers of the image tower with weights and activations in bytes, by kernels of our own, for vision transformers. Weights
    /// are quantized when the tower is first used, each output channel by itself; activations as they come, each token by itself. Made for
    /// processors with AVX2; others get the same integers more slowly.
    /// </summary>
    Int8,

    /// <summary>
    /// Both towers in 16-bit floating point, by ONNX Runtime, for graphics cards; what goes in and comes out stays in 32. A processor
    /// computes in 32 bits and rounds in between, which is slower than <see cref="Float32"/>.
    /// </summary>
    Float16,
}
