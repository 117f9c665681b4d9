using Dcsm.IO.Collections;

namespace Dcsm.IO.Tensors;

/// <summary>Type, shape and place of a tensor in a safetensors file or a PyTorch checkpoint.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a single value.</param>
/// <param name="Offset">First byte, from the beginning of the file; −1 where the file is packed.</param>
/// <param name="ByteLength">Bytes of all elements.</param>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<int> Shape, long Offset, long ByteLength)
{
    /// <summary>Sizes, outermost first; empty for a single value.</summary>
    public IReadOnlyList<int> Shape
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Shape);
}
