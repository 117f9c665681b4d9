using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Dcsm.IO.Tensors;

/// <summary>Stored tensor bytes (little endian) to float32 and back.</summary>
public static class TensorConversion
{
    /// <summary>Converts stored values to float32.</summary>
    public static void ToFloat32(TensorType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (type)
        {
            case TensorType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case TensorType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), values);
                break;
            case TensorType.BF16:
                ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
                for (int i = 0; i < halves.Length; i++)
                    bits[i] = (uint)halves[i] << 16;
                break;
            case TensorType.F64:
                Convert(MemoryMarshal.Cast<byte, double>(bytes), values);
                break;
            case TensorType.I64:
                Convert(MemoryMarshal.Cast<byte, long>(bytes), values);
                break;
            case TensorType.U64:
                Convert(MemoryMarshal.Cast<byte, ulong>(bytes), values);
                break;
            case TensorType.I32:
                Convert(MemoryMarshal.Cast<byte, int>(bytes), values);
                break;
            case TensorType.U32:
                Convert(MemoryMarshal.Cast<byte, uint>(bytes), values);
                break;
            case TensorType.I16:
                Convert(MemoryMarshal.Cast<byte, short>(bytes), values);
                break;
            case TensorType.U16:
                Convert(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case TensorType.I8:
                Convert(MemoryMarshal.Cast<byte, sbyte>(bytes), values);
                break;
            case TensorType.U8:
                Convert(bytes, values);
                break;
            case TensorType.Bool:
                for (int i = 0; i < bytes.Length; i++)
                    values[i] = bytes[i] != 0 ? 1 : 0;
                break;
            default:
                throw new NotSupportedException($"{type.Name()} has no conversion to float32.");
        }
    }

    /// <summary>Whether <see cref="ToFloat32"/> can read the type.</summary>
    public static bool IsReadable(TensorType type) => type is not (TensorType.F8E4M3 or TensorType.F8E5M2);

    /// <summary>float32 to bfloat16, to nearest, halves to even.</summary>
    public static void ToBFloat16(ReadOnlySpan<float> values, Span<ushort> halves)
    {
        for (int i = 0; i < values.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i]);
            halves[i] = float.IsNaN(values[i]) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    private static void Convert<T>(ReadOnlySpan<T> source, Span<float> values)
        where T : System.Numerics.INumberBase<T> => TensorPrimitives.ConvertSaturating<T, float>(source, values);
}
