using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch.Pickle;

/// <summary>A class or function that a pickle names; a name and what we make of it, never code.</summary>
internal sealed record PickleClass(string Module, string Name, PickleRole Role, TensorType? Type = null)
{
    public string FullName => $"{Module}.{Name}";
}

/// <summary>What calling a class comes to.</summary>
internal enum PickleRole
{
    /// <summary>An empty dictionary, or one of the pairs given.</summary>
    Dictionary,

    /// <summary>The list given.</summary>
    List,

    /// <summary>The first argument itself.</summary>
    First,

    /// <summary><c>_rebuild_tensor</c> and <c>_rebuild_tensor_v2</c>: storage, offset, sizes, strides.</summary>
    Tensor,

    /// <summary><c>_rebuild_tensor_v3</c>: as before, and the element type as the seventh argument.</summary>
    TypedTensor,

    /// <summary>A class and arguments for it, in the first and third argument.</summary>
    Call,

    /// <summary>A storage class; only named, in persistent ids.</summary>
    Storage,

    /// <summary>An element type; only named.</summary>
    Type,

    /// <summary>An object whose attributes are kept and whose methods are not ours.</summary>
    Attributes,
}
