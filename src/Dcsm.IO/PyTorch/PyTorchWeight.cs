using Dcsm.IO.Digests;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch;

/// <summary>A tensor of a PyTorch checkpoint.</summary>
public sealed unsafe class PyTorchWeight(PyTorchTensor tensor) : StoredTensor(tensor.File, tensor.Type, tensor.Shape)
{
    /// <inheritdoc/>
    public override float* Pointer() =>
        tensor.Type == TensorType.F32 && tensor.Pointer() is var pointer && pointer is not null ? Aligned(pointer) : null;

    /// <inheritdoc/>
    public override void CopyTo(Span<float> values) => tensor.CopyTo(values);

    /// <inheritdoc/>
    public override string Hash() => Sha256Digest.Hex(tensor.ReadBytes());
}
