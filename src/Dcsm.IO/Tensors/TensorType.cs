namespace Dcsm.IO.Tensors;

/// <summary>Element types of the safetensors format.</summary>
public enum TensorType
{
    /// <summary>1-byte truth value.</summary>
    Bool,

    /// <summary>8-bit unsigned integer.</summary>
    U8,

    /// <summary>8-bit signed integer.</summary>
    I8,

    /// <summary>8-bit float, 5 exponent and 2 mantissa bits; its bytes only.</summary>
    F8E5M2,

    /// <summary>8-bit float, 4 exponent and 3 mantissa bits; its bytes only.</summary>
    F8E4M3,

    /// <summary>16-bit signed integer.</summary>
    I16,

    /// <summary>16-bit unsigned integer.</summary>
    U16,

    /// <summary>IEEE half.</summary>
    F16,

    /// <summary>bfloat16.</summary>
    BF16,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>32-bit unsigned integer.</summary>
    U32,

    /// <summary>IEEE single.</summary>
    F32,

    /// <summary>IEEE double.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>64-bit unsigned integer.</summary>
    U64,
}
