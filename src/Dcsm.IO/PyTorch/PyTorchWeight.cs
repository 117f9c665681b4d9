using System.Runtime.InteropServices;
using Dcsm.IO.Digests;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch;

/// <summary>A tensor of a PyTorch checkpoint.</summary>
/// <param name="asFloat32">
/// Whether its type counts as float32: so a checkpoint has the fingerprint of the directory that it is converted to.
/// </param>
public sealed unsafe class PyTorchWeight(string file, PyTorchTensor tensor, bool asFloat32)
    : StoredTensor(file, asFloat32 && TensorConversion.IsReadable(tensor.Type) ? TensorType.F32 : tensor.Type, tensor.Shape)
{
    /// <inheritdoc/>
    public override TensorType StoredType => tensor.Type;

    /// <inheritdoc/>
    public override float* Pointer() =>
        tensor.Type == TensorType.F32 && tensor.Pointer() is var pointer && pointer is not null ? Aligned(pointer) : null;

    /// <inheritdoc/>
    public override void CopyTo(Span<float> values) => tensor.CopyTo(values);

    /// <inheritdoc/>
    public override string Hash() =>
        Type == tensor.Type ? Sha256Digest.Hex(tensor.ReadBytes()) : Sha256Digest.Hex(MemoryMarshal.AsBytes<float>(tensor.ReadFloat32()));
}
