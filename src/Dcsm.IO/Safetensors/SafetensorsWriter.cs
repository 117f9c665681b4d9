using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dcsm.IO.Files;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.Safetensors;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    private const int ChunkLength = 1 << 16;

    /// <summary>
    /// Writes tensors to a file: under a temporary name first, so that no half-written file is ever seen, and always
    /// the same bytes for the same tensors (names in ordinal order).
    /// </summary>
    /// <param name="path">The file; replaced if there is one.</param>
    /// <param name="tensors">Shape and row-major values by name.</param>
    /// <param name="metadata">Key-value pairs for <c>__metadata__</c>.</param>
    /// <param name="type">How to store the values: F32, F16 or BF16 (rounded to nearest, halves to even).</param>
    /// <exception cref="ArgumentException">
    /// A shape does not fit its number of values, a name is reserved, the type can't be written, or a finite value is
    /// too large for it.
    /// </exception>
    public static void Write(
        string path,
        IReadOnlyDictionary<string, (int[] Shape, float[] Values)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        TensorType type = TensorType.F32
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        if (type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16))
            throw new ArgumentException($"Tensors are written as F32, F16 or BF16, not {type.Name()}.", nameof(type));
        foreach ((string? name, (int[]? shape, float[]? values)) in tensors)
        {
            if (name == "__metadata__")
                throw new ArgumentException("'__metadata__' can't be a tensor's name.", nameof(tensors));
            long count = shape.Aggregate(1L, (product, size) => checked(product * size));
            if (count != values.LongLength || shape.Any(size => size < 0))
            {
                throw new ArgumentException(
                    $"Tensor '{name}': shape [{string.Join(", ", shape)}] does not fit {values.LongLength} values.",
                    nameof(tensors)
                );
            }
        }
        Write(
            path,
            [.. tensors.Select(tensor => new TensorToWrite(tensor.Key, tensor.Value.Shape, () => tensor.Value.Values))],
            metadata,
            type
        );
    }

    /// <summary>As above, with values that are made one tensor at a time.</summary>
    public static void Write(
        string path,
        IReadOnlyList<TensorToWrite> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        TensorType type = TensorType.F32
    )
    {
        var ordered = tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        byte[] start = Start([.. ordered.Select(tensor => (tensor.Name, tensor.Shape))], metadata, type);
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(start);
                foreach (TensorToWrite? tensor in ordered)
                    WriteValues(stream, tensor.Name, tensor.Values(), type);
            }
        );
    }

    /// <summary>What a file begins with, a header and its length; the values of its tensors follow, in their order.</summary>
    public static byte[] Start(
        IReadOnlyList<(string Name, IReadOnlyList<int> Shape)> tensors,
        IReadOnlyDictionary<string, string>? metadata,
        TensorType type
    ) => Start([.. tensors.Select(tensor => (tensor.Name, tensor.Shape, type))], metadata);

    /// <summary>As above, with tensors of several types.</summary>
    public static byte[] Start(
        IReadOnlyList<(string Name, IReadOnlyList<int> Shape, TensorType Type)> tensors,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string? key, string? value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0L;
            foreach ((string? name, IReadOnlyList<int>? shape, TensorType type) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Name());
                json.WriteStartArray("shape");
                foreach (int size in shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += shape.Aggregate((long)type.Size(), (product, size) => product * size));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces up to a multiple of 8, as the reference writes, so that mapped tensors are aligned.
        while (buffer.WrittenCount % 8 != 0)
            buffer.Write(" "u8);
        return [.. BitConverter.GetBytes((ulong)buffer.WrittenCount), .. buffer.WrittenSpan];
    }

    private static void WriteValues(Stream stream, string name, float[] values, TensorType type)
    {
        var halves = new Half[type == TensorType.F32 ? 0 : Math.Min(ChunkLength, values.Length)];
        for (int start = 0; start < values.Length; start += ChunkLength)
        {
            Span<float> chunk = values.AsSpan(start, Math.Min(ChunkLength, values.Length - start));
            if (type == TensorType.F32)
            {
                stream.Write(MemoryMarshal.AsBytes(chunk));
                continue;
            }
            Span<Half> stored = halves.AsSpan(0, chunk.Length);
            if (type == TensorType.BF16)
                TensorConversion.ToBFloat16(chunk, MemoryMarshal.Cast<Half, ushort>(stored));
            else
                ConvertToHalf(name, chunk, stored);
            stream.Write(MemoryMarshal.AsBytes(stored));
        }
    }

    private static void ConvertToHalf(string name, ReadOnlySpan<float> values, Span<Half> halves)
    {
        TensorPrimitives.ConvertToHalf(values, halves);
        for (int i = 0; i < halves.Length; i++)
        {
            if (Half.IsInfinity(halves[i]) && float.IsFinite(values[i]))
                throw new ArgumentException($"Tensor '{name}': {values[i]} is too large for F16 (at most 65504).", nameof(values));
        }
    }
}
