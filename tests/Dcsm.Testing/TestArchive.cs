using System.IO.Compression;
using System.IO.Hashing;

namespace Dcsm.Testing;

/// <summary>Writes checkpoints in PyTorch's zip layout.</summary>
public static class TestArchive
{
    public static string Write(string path, byte[] pickle, bool deflated, params (string Key, byte[] Bytes)[] storages)
    {
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (
            (string? name, byte[]? bytes) in storages
                .Select(storage => ($"data/{storage.Key}", storage.Bytes))
                .Prepend(("data.pkl", pickle))
        )
        {
            using Stream entry = archive
                .CreateEntry($"archive/{name}", deflated ? CompressionLevel.Fastest : CompressionLevel.NoCompression)
                .Open();
            entry.Write(bytes);
        }
        return path;
    }

    /// <summary>An archive whose every size and place is in a zip64 field.</summary>
    public static byte[] Zip64(params (string Name, byte[] Bytes)[] records)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var directory = new List<(byte[] Name, byte[] Bytes, long Local)>();
        foreach ((string? text, byte[]? bytes) in records)
        {
            byte[] name = System.Text.Encoding.UTF8.GetBytes(text);
            directory.Add((name, bytes, stream.Position));
            writer.Write(0x04034b50);
            Common(name, bytes);
            writer.Write((ushort)0);
            writer.Write(name);
            writer.Write(bytes);
        }
        long start = stream.Position;
        foreach ((byte[]? name, byte[]? bytes, long local) in directory)
        {
            writer.Write(0x02014b50);
            writer.Write((ushort)45);
            Common(name, bytes, uint.MaxValue);
            writer.Write((ushort)28);
            writer.Write(new byte[10]);
            writer.Write(uint.MaxValue);
            writer.Write(name);
            writer.Write((ushort)1);
            writer.Write((ushort)24);
            foreach (long number in (long[])[bytes.Length, bytes.Length, local])
                writer.Write(number);
        }
        long end = stream.Position;
        writer.Write(0x06064b50);
        writer.Write(44L);
        writer.Write(0x002D002D);
        writer.Write(0L);
        foreach (long number in (long[])[records.Length, records.Length, end - start, start])
            writer.Write(number);
        writer.Write(0x07064b50);
        writer.Write(0);
        writer.Write(end);
        writer.Write(1);
        writer.Write(0x06054b50);
        writer.Write(0);
        writer.Write(uint.MaxValue);
        writer.Write(uint.MaxValue);
        writer.Write(uint.MaxValue);
        writer.Write((ushort)0);
        return stream.ToArray();

        void Common(byte[] name, byte[] bytes, uint? size = null)
        {
            writer.Write((ushort)45);
            writer.Write(0);
            writer.Write(0);
            writer.Write(Crc32.HashToUInt32(bytes));
            writer.Write(size ?? (uint)bytes.Length);
            writer.Write(size ?? (uint)bytes.Length);
            writer.Write((ushort)name.Length);
        }
    }
}
