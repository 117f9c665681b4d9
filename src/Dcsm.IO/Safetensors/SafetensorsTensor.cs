using System.Security.Cryptography;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.Safetensors;

/// <summary>A tensor of a safetensors file.</summary>
public sealed unsafe class SafetensorsTensor(SafetensorsFile file, TensorInfo info) : StoredTensor(file.Path, info.Type, info.Shape)
{
    public override float* Pointer() => info.Type == TensorType.F32 ? Aligned(file.Pointer(info)) : null;

    public override void CopyTo(Span<float> values) => TensorConversion.ToFloat32(info.Type, file.Bytes(info.Name), values);

    public override byte[] Hash() => SHA256.HashData(file.Bytes(info.Name));
}
