using System.Buffers.Binary;

namespace Dcsm.Clip.Tokenization.SentencePiece;

/// <summary>
/// What a SentencePiece model makes of characters before it cuts a text: a double-array trie of byte sequences (Darts-clone), each with
/// what stands for it.
/// </summary>
/// <remarks>Layout: the trie's length in bytes, the trie, then the texts, each ended by a zero.</remarks>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _texts;

    /// <param name="map">The <c>precompiled_charsmap</c>.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public CharacterMap(ReadOnlySpan<byte> map, string file)
    {
        uint length = map.Length < sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (length == 0 || length % sizeof(uint) != 0 || length > map.Length - sizeof(uint))
            throw new InvalidDataException($"{file}: the map of characters (precompiled_charsmap) is damaged.");
        _units = new uint[length / sizeof(uint)];
        for (int i = 0; i < _units.Length; i++)
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[((i + 1) * sizeof(uint))..]);
        _texts = map[(sizeof(uint) + (int)length)..].ToArray();
    }

    /// <summary>The longest sequence that a text begins with and that something stands for.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="replacement">What stands for it, UTF-8.</param>
    /// <returns>How many bytes it takes; 0 where there is none.</returns>
    public int Longest(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        int taken = 0;
        uint node = Offset(_units[0]);
        for (int i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= _units.Length || Label(_units[node]) != text[i])
                break;
            uint unit = _units[node];
            node ^= Offset(unit);
            if (!HasLeaf(unit) || node >= _units.Length || Value(_units[node]) >= _texts.Length)
                continue;
            ReadOnlySpan<byte> rest = _texts.AsSpan((int)Value(_units[node]));
            taken = i + 1;
            replacement = rest.IndexOf((byte)0) is >= 0 and var end ? rest[..end] : rest;
        }
        return taken;
    }

    private static bool HasLeaf(uint unit) => ((unit >> 8) & 1) == 1;

    private static uint Value(uint unit) => unit & 0x7FFFFFFF;

    private static uint Label(uint unit) => unit & 0x800000FF;

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);
}
