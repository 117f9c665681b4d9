using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.Safetensors;

/// <summary>A tensor of a safetensors file.</summary>
public sealed unsafe class SafetensorsTensor(SafetensorsFile file, TensorInfo info) : StoredTensor(file.Path, info.Type, info.Shape)
{
    /// <inheritdoc/>
    public override float* Pointer() => info.Type == TensorType.F32 ? Aligned(file.Pointer(info)) : null;

    /// <inheritdoc/>
    public override void CopyTo(Span<float> values)
    {
        using UseCount.Use use = file.Use();
        TensorConversion.ToFloat32(info.Type, file.Mapped(info.Name), values);
    }

    /// <inheritdoc/>
    public override string Hash()
    {
        using UseCount.Use use = file.Use();
        return Sha256Digest.Hex(file.Mapped(info.Name));
    }
}
