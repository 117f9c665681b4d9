namespace Dcsm.Clip.Models;

/// <summary>What the linear layers of an image tower are computed in.</summary>
public enum ClipPrecision
{
    /// <summary>32-bit floating point, by ONNX Runtime.</summary>
    Float32,

    /// <summary>
    /// Weights and activations in bytes, by kernels of our own, for vision transformers. Weights are quantized when the tower is
    /// first used, each output channel by itself; activations as they come, each token by itself. Made for processors with AVX2; others get
    /// the same integers more slowly.
    /// </summary>
    Int8,
}
