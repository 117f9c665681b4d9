using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Dcsm.IO.Files;

/// <summary>Files of text, which have to be UTF-8.</summary>
public static class Utf8File
{
    /// <summary>The most bytes of a file that describes something, or of a list of words: a hundred times what honest ones have.</summary>
    public const int MostOfDescription = 64 << 20;

    /// <summary>The bytes of a file, without a mark of byte order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is empty, too long, no regular file, or not UTF-8; the message says where.</exception>
    public static byte[] Read(string path, int most = int.MaxValue)
    {
        byte[] bytes = RegularFile.ReadAll(path, most);
        ForeignFile.Refuse(path, bytes);
        ReadOnlySpan<byte> text = Check(bytes, path);
        if (text.Trim(" \t\r\n"u8).IsEmpty)
            throw new InvalidDataException($"{path}: the file is empty");
        return text.Length == bytes.Length ? bytes : text.ToArray();
    }

    /// <summary>Text without a mark of byte order; refuses what is not UTF-8.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="path">The file.</param>
    /// <param name="number">The number of its first line.</param>
    /// <exception cref="InvalidDataException">It is not UTF-8; the message says where.</exception>
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> bytes, string path, int number = 1)
    {
        if (number == 1 && bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw new InvalidDataException($"{path}: the file is UTF-16, not UTF-8; save it as UTF-8");
        if (number == 1 && bytes is [0xEF, 0xBB, 0xBF, ..])
            bytes = bytes[3..];
        return Utf8.IsValid(bytes) ? bytes : throw NotUtf8(bytes, path, number);
    }

    private static InvalidDataException NotUtf8(ReadOnlySpan<byte> bytes, string path, int number)
    {
        int valid = 0;
        while (Rune.DecodeFromUtf8(bytes[valid..], out _, out int length) == OperationStatus.Done)
            valid += length;
        int line = bytes[..valid].Count((byte)'\n') + number;
        int column = valid - bytes[..valid].LastIndexOf((byte)'\n');
        return new InvalidDataException(
            $"{path}, line {line}: the bytes are not UTF-8 (0x{bytes[valid]:X2} at byte {column} of the line); save the file as UTF-8"
        );
    }
}
