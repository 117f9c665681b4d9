using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch;

/// <summary>A tensor of a PyTorch checkpoint.</summary>
/// <param name="asFloat32">
/// Whether its type counts as float32: so a checkpoint has the fingerprint of the directory that it is converted to.
/// </param>
public sealed unsafe class PyTorchWeight(string file, PyTorchTensor tensor, bool asFloat32)
    : StoredTensor(file, asFloat32 && TensorConversion.IsReadable(tensor.Type) ? TensorType.F32 : tensor.Type, tensor.Shape)
{
    public override TensorType StoredType => tensor.Type;

    public override float* Pointer() =>
        tensor.Type == TensorType.F32 && tensor.Pointer() is var pointer && pointer is not null ? Aligned(pointer) : null;

    public override void CopyTo(Span<float> values) => tensor.CopyTo(values);

    public override byte[] Hash() =>
        Type == tensor.Type ? SHA256.HashData(tensor.ReadBytes()) : SHA256.HashData(MemoryMarshal.AsBytes<float>(tensor.ReadFloat32()));
}
