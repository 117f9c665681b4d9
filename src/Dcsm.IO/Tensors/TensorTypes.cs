namespace Dcsm.IO.Tensors;

/// <summary>Names and sizes of the element types in a safetensors header.</summary>
public static class TensorTypes
{
    private static readonly (string Name, TensorType Type, int Size)[] All =
    [
        ("BOOL", TensorType.Bool, 1),
        ("U8", TensorType.U8, 1),
        ("I8", TensorType.I8, 1),
        ("F8_E5M2", TensorType.F8E5M2, 1),
        ("F8_E4M3", TensorType.F8E4M3, 1),
        ("I16", TensorType.I16, 2),
        ("U16", TensorType.U16, 2),
        ("F16", TensorType.F16, 2),
        ("BF16", TensorType.BF16, 2),
        ("I32", TensorType.I32, 4),
        ("U32", TensorType.U32, 4),
        ("F32", TensorType.F32, 4),
        ("F64", TensorType.F64, 8),
        ("I64", TensorType.I64, 8),
        ("U64", TensorType.U64, 8),
    ];

    internal static string KnownNames => string.Join(", ", All.Select(entry => entry.Name));

    internal static bool TryParse(string name, out TensorType type)
    {
        foreach ((string Name, TensorType Type, int Size) entry in All)
        {
            if (entry.Name == name)
            {
                type = entry.Type;
                return true;
            }
        }
        type = default;
        return false;
    }

    /// <summary>The name in a safetensors header.</summary>
    public static string Name(this TensorType type) => All.First(entry => entry.Type == type).Name;

    /// <summary>Bytes of an element.</summary>
    public static int Size(this TensorType type) => All.First(entry => entry.Type == type).Size;
}
