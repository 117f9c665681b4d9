using Dcsm.IO.Digests;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.Safetensors;

/// <summary>A tensor of a safetensors file.</summary>
public sealed unsafe class SafetensorsTensor(SafetensorsFile file, TensorInfo info) : StoredTensor(file.Path, info.Type, info.Shape)
{
    /// <inheritdoc/>
    public override float* Pointer() => info.Type == TensorType.F32 ? Aligned(file.Pointer(info)) : null;

    /// <inheritdoc/>
    public override void CopyTo(Span<float> values) => TensorConversion.ToFloat32(info.Type, file.Bytes(info.Name), values);

    /// <inheritdoc/>
    public override string Hash() => Sha256Digest.Hex(file.Bytes(info.Name));
}
