using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>Undoes what was done to the rows of a PNG before they were packed.</summary>
/// <remarks>Source: PNG, third edition, section 9.</remarks>
internal static class PngFilters
{
    /// <summary>So much behind a row is read and written: a pixel's bytes are in a vector, whose others mean nothing.</summary>
    public const int Overhang = 8;

    private interface IPredictor
    {
        static abstract Vector128<short> Of(Vector128<short> left, Vector128<short> above, Vector128<short> corner);
    }

    /// <summary>Undoes one row.</summary>
    /// <param name="filter">The filter's number.</param>
    /// <param name="stored">The row, and <see cref="Overhang"/>.</param>
    /// <param name="above">The row before it, with nothing done to it, and <see cref="Overhang"/>.</param>
    /// <param name="row">To be filled, and <see cref="Overhang"/>.</param>
    /// <param name="pixel">Bytes of a pixel, at least 1.</param>
    /// <returns>Whether there is such a filter.</returns>
    public static bool TryUndo(int filter, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> above, Span<byte> row, int pixel)
    {
        switch (filter)
        {
            case 0:
                stored.CopyTo(row);
                return true;
            case 1:
                Undo<Left>(stored, above, row, pixel);
                return true;
            case 2:
                TensorPrimitives.Add(stored, above, row);
                return true;
            case 3:
                Undo<Mean>(stored, above, row, pixel);
                return true;
            case 4:
                Undo<Paeth>(stored, above, row, pixel);
                return true;
            default:
                return false;
        }
    }

    private static void Undo<T>(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> above, Span<byte> row, int pixel)
        where T : struct, IPredictor
    {
        Vector128<short> left = default,
            corner = default;
        for (int i = 0; i < stored.Length - Overhang; i += pixel)
        {
            Vector128<short> over = Load(above[i..]);
            Vector128<short> value = (Load(stored[i..]) + T.Of(left, over, corner)) & Vector128.Create((short)255);
            MemoryMarshal.Write(row[i..], Vector128.Narrow(value.AsUInt16(), value.AsUInt16()).AsUInt64().ToScalar());
            (left, corner) = (value, over);
        }
    }

    private static Vector128<short> Load(ReadOnlySpan<byte> bytes) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(bytes)).AsByte()).AsInt16();

    private readonly struct Left : IPredictor
    {
        public static Vector128<short> Of(Vector128<short> left, Vector128<short> above, Vector128<short> corner) => left;
    }

    private readonly struct Mean : IPredictor
    {
        public static Vector128<short> Of(Vector128<short> left, Vector128<short> above, Vector128<short> corner) => (left + above) >> 1;
    }

    private readonly struct Paeth : IPredictor
    {
        public static Vector128<short> Of(Vector128<short> left, Vector128<short> above, Vector128<short> corner)
        {
            Vector128<short> fromLeft = above - corner,
                fromAbove = left - corner;
            var fromCorner = Vector128.Abs(fromLeft + fromAbove);
            fromLeft = Vector128.Abs(fromLeft);
            fromAbove = Vector128.Abs(fromAbove);
            var least = Vector128.Min(fromLeft, Vector128.Min(fromAbove, fromCorner));
            return Vector128.ConditionalSelect(
                Vector128.Equals(fromLeft, least),
                left,
                Vector128.ConditionalSelect(Vector128.Equals(fromAbove, least), above, corner)
            );
        }
    }
}
