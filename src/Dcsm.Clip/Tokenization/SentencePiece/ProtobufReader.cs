using System.Buffers.Binary;

namespace Dcsm.Clip.Tokenization.SentencePiece;

/// <summary>Reads the protobuf wire format, field by field.</summary>
/// <param name="bytes">A message.</param>
/// <param name="file">The file, for messages.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string file)
{
    private const int Varint = 0,
        Fixed64 = 1,
        LengthDelimited = 2,
        Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, of a whole number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its bytes, of a message or a text.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Its value, of a number in single precision.</summary>
    public float Single { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_at == _bytes.Length)
            return false;
        ulong tag = ReadVarint();
        Field = (int)(tag >> 3);
        (Number, Single) = (0, 0);
        Bytes = default;
        switch ((int)(tag & 7))
        {
            case Varint:
                Number = ReadVarint();
                break;
            case Fixed64:
                Take(sizeof(ulong));
                break;
            case LengthDelimited:
                Bytes = Take(ReadVarint());
                break;
            case Fixed32:
                Single = BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));
                break;
            default:
                throw Wrong();
        }
        return true;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Wrong();
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_bytes.Length - _at))
            throw Wrong();
        ReadOnlySpan<byte> taken = _bytes.Slice(_at, (int)length);
        _at += (int)length;
        return taken;
    }

    private readonly InvalidDataException Wrong() =>
        new($"{file}: is no model of SentencePiece, or damaged: a message ends too early or holds an unknown type, near its byte {_at}.");
}
