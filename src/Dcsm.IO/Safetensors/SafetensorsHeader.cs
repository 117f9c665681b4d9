using System.Text.Json;
using System.Text.Unicode;
using Dcsm.IO.Files;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.Safetensors;

/// <summary>
/// Parses and checks the JSON header of a safetensors file, as strictly as the reference (huggingface/safetensors,
/// <c>safetensors/src/tensor.rs</c>): tensors lie end to end and fill the file, no name occurs twice.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The reference refuses longer headers too.</summary>
    public const int MaxLength = 100_000_000;

    private const int PrefixLength = 8;
    private readonly string _path;

    private SafetensorsHeader(string path) => _path = path;

    public Dictionary<string, TensorInfo> Tensors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The header's length in bytes, from the file's first eight.</summary>
    public static int ReadLength(string path, ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (prefix.Length < PrefixLength)
        {
            throw new InvalidDataException(
                $"{path}: {fileLength} bytes are too few for a safetensors file, which starts with an 8-byte header length."
            );
        }

        ulong length = BitConverter.ToUInt64(prefix);
        if (length > MaxLength)
        {
            throw new InvalidDataException(
                $"{path}: header length {length} (byte 0) is above {MaxLength}; this is not a safetensors file."
            );
        }

        if ((long)length > fileLength - PrefixLength)
        {
            throw new InvalidDataException(
                $"{path}: header length {length} (byte 0) goes beyond the end of the file ({fileLength} bytes); the file is "
                    + $"truncated or not a safetensors file."
            );
        }

        return (int)length;
    }

    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long fileLength)
    {
        if (!Utf8.IsValid(json))
            throw new InvalidDataException($"{path}: the header is not UTF-8.");
        var header = new SafetensorsHeader(path);
        try
        {
            header.ReadRoot(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped lone surrogate in a string.
            throw new InvalidDataException($"{path}: the header is not valid JSON: {e.Message}", e);
        }
        header.CheckLayout(PrefixLength + json.Length, fileLength);
        return header;
    }

    private void ReadRoot(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        reader.Read();
        Expect(ref reader, JsonTokenType.StartObject, "the header", "an object");
        bool metadataSeen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == "__metadata__")
            {
                if (metadataSeen)
                    throw new InvalidDataException($"{_path}: '__metadata__' occurs twice in the header.");
                metadataSeen = true;
                ReadMetadata(ref reader);
            }
            else
            {
                TensorInfo info = ReadTensor(ref reader, name, json.Length + PrefixLength);
                if (!Tensors.TryAdd(name, info))
                    throw new InvalidDataException($"{_path}: tensor '{Excerpt.Of(name)}' occurs twice in the header.");
            }
        }
        if (reader.Read())
            throw new InvalidDataException($"{_path}: something follows the header's JSON object.");
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "'__metadata__'", "an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            string field = $"'__metadata__.{Excerpt.Of(key)}'";
            Expect(ref reader, JsonTokenType.String, field, "a string");
            if (!Metadata.TryAdd(key, reader.GetString()!))
                throw new InvalidDataException($"{_path}: {field} occurs twice in the header.");
        }
    }

    private TensorInfo ReadTensor(ref Utf8JsonReader reader, string name, int dataStart)
    {
        string tensor = $"tensor '{Excerpt.Of(name)}'";
        Expect(ref reader, JsonTokenType.StartObject, tensor, "an object");
        string? typeName = null;
        List<long>? shape = null,
            offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when typeName is null:
                    Expect(ref reader, JsonTokenType.String, $"{tensor}: dtype", "a string");
                    typeName = reader.GetString()!;
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, $"{tensor}: shape");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, $"{tensor}: data_offsets");
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw new InvalidDataException($"{_path}: {tensor}: {key} occurs twice.");
                default:
                    reader.Skip();
                    break;
            }
        }
        if (typeName is null || shape is null || offsets is null)
        {
            throw new InvalidDataException(
                $"{_path}: {tensor} lacks {(typeName is null ? "dtype" : shape is null ? "shape" : "data_offsets")}."
            );
        }

        if (!TensorTypes.TryParse(typeName, out TensorType type))
        {
            throw new InvalidDataException(
                $"{_path}: {tensor} has the unknown dtype '{Excerpt.Of(typeName)}' (known: {TensorTypes.KnownNames})."
            );
        }

        if (offsets.Count != 2 || offsets[0] > offsets[1])
        {
            throw new InvalidDataException(
                $"{_path}: {tensor} has data_offsets [{string.Join(", ", offsets)}]; " + "expected [begin, end] with begin ≤ end."
            );
        }

        CheckSize(name, type, shape, offsets[1] - offsets[0]);
        return new TensorInfo(name, type, shape.ConvertAll(size => (int)size), dataStart + offsets[0], offsets[1] - offsets[0]);
    }

    private void CheckSize(string name, TensorType type, List<long> shape, long byteLength)
    {
        Int128 expected = type.Size();
        foreach (long size in shape)
        {
            if (size > int.MaxValue || (expected *= size) > long.MaxValue)
                throw new InvalidDataException($"{_path}: tensor '{Excerpt.Of(name)}' of shape [{string.Join(", ", shape)}] is too large.");
        }
        if (expected != byteLength)
        {
            throw new InvalidDataException(
                $"{_path}: tensor '{Excerpt.Of(name)}': {type.Name()} of shape [{string.Join(", ", shape)}] takes {expected} bytes, "
                    + $"but its data_offsets span {byteLength}."
            );
        }
    }

    private List<long> ReadNumbers(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.StartArray, what, "an array");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // Data may start at 100 MB; leave room so that no later sum of offsets overflows.
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number is < 0 or > long.MaxValue / 2)
                throw new InvalidDataException($"{_path}: {what} must hold whole numbers from 0.");
            numbers.Add(number);
        }
        return numbers;
    }

    private void CheckLayout(int dataStart, long fileLength)
    {
        long position = (long)dataStart;
        TensorInfo? previous = null;
        foreach (TensorInfo? tensor in Tensors.Values.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteLength))
        {
            if (tensor.Offset != position)
            {
                throw new InvalidDataException(
                    $"{_path}: tensor '{Excerpt.Of(tensor.Name)}' begins at byte {tensor.Offset}, "
                        + (
                            previous is null
                                ? $"but the data begin at byte {position}."
                                : $"but '{Excerpt.Of(previous.Name)}' before it ends at byte {position}; "
                                    + "tensors must neither overlap nor leave gaps."
                        )
                );
            }
            position += tensor.ByteLength;
            if (position > fileLength)
            {
                throw new InvalidDataException(
                    $"{_path}: tensor '{Excerpt.Of(tensor.Name)}' ends at byte {position}, "
                        + $"but the file has {fileLength} bytes; the file is truncated."
                );
            }

            previous = tensor;
        }
        if (position != fileLength)
            throw new InvalidDataException($"{_path}: the tensors end at byte {position}, but the file has {fileLength} bytes.");
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what, string expected)
    {
        if (reader.TokenType != type)
            throw new InvalidDataException($"{_path}: {what} must be {expected} (header byte {reader.TokenStartIndex}).");
    }
}
