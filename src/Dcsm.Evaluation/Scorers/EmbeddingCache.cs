using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dcsm.Clip.Models;
using Dcsm.Data.Benchmarks;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;

namespace Dcsm.Evaluation.Scorers;

/// <summary>
/// Embeddings of pictures on disk, a file each, so that a run that was killed goes on, and another head or benchmark on the
/// same pictures need not encode them again. Values are kept as the encoder gave them, in float32.
/// </summary>
/// <remarks>
/// An entry is found by the encoder's fingerprint, its preparation of pictures, the picture file's content, and the part of it
/// that is looked at: neither a renamed nor an exchanged picture can be taken for another. Files appear whole or not at all,
/// and what a crash tore is not read. Safe for use by several threads and processes.
/// </remarks>
public sealed class EmbeddingCache
{
    private const uint Magic = 0x3145_4D44; // "DME1"
    private const int HeaderBytes = 24;
    private readonly string _directory;

    /// <param name="directory">Where the files go; made when needed.</param>
    public EmbeddingCache(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _directory = directory;
    }

    /// <summary>The key of a picture's embeddings.</summary>
    /// <param name="encoder">Whose embeddings.</param>
    /// <param name="content">The picture file's bytes.</param>
    /// <param name="box">The part that is looked at.</param>
    /// <param name="kind">What the entry holds, where that is not the embeddings as they are.</param>
    internal static string Key(IEncoder encoder, ReadOnlySpan<byte> content, CropBox? box, string kind = "")
    {
        ArgumentNullException.ThrowIfNull(encoder);
        string place = box is { } b ? string.Create(CultureInfo.InvariantCulture, $"{b.X:R} {b.Y:R} {b.Width:R} {b.Height:R}") : "whole";
        using var digest = new Sha256Digest();
        digest.Append($"{encoder.Fingerprint}\n{encoder.Preprocessing}\n{place}{kind}\n");
        digest.Append(content);
        return digest.FinishHex();
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="key">What <see cref="Key"/> gave.</param>
    /// <param name="withTokens">Whether all tokens are needed, and not the pooled embedding alone.</param>
    /// <returns>
    /// The embeddings of one picture (with no tokens where none were asked for); null where there is no such entry, or a damaged one.
    /// </returns>
    internal ImageEncoding? TryRead(string key, bool withTokens)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(PathOf(key));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        ReadOnlySpan<byte> header = bytes;
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
            return null;
        int tokens = BinaryPrimitives.ReadInt32LittleEndian(header[4..]),
            dimension = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        ulong checksum = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
        if (
            tokens < 0
            || dimension <= 0
            || bytes.Length != HeaderBytes + (4L * (tokens + 1L) * dimension)
            || (withTokens && tokens == 0)
            || Checksum(header[HeaderBytes..]) != checksum
        )
        {
            return null;
        }

        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(header[HeaderBytes..]);
        return new ImageEncoding(
            withTokens
                ? new TokenEmbeddings(values[dimension..].ToArray(), 1, tokens, dimension)
                : new TokenEmbeddings([], 1, 0, dimension),
            new TokenEmbeddings(values[..dimension].ToArray(), 1, 1, dimension)
        );
    }

    /// <summary>Writes an entry.</summary>
    /// <param name="key">What <see cref="Key"/> gave.</param>
    /// <param name="images">Embeddings of several pictures.</param>
    /// <param name="image">Which of them.</param>
    /// <param name="withTokens">Whether the tokens are kept too.</param>
    internal void Write(string key, ImageEncoding images, int image, bool withTokens) =>
        Write(key, images.Pooled[image], withTokens ? images.Tokens[image] : [], withTokens ? images.Tokens.Tokens : 0);

    /// <summary>Writes an entry of one vector.</summary>
    internal void Write(string key, ReadOnlySpan<float> vector) => Write(key, vector, [], 0);

    private void Write(string key, ReadOnlySpan<float> pooled, ReadOnlySpan<float> tokens, int count)
    {
        byte[] bytes = new byte[HeaderBytes + (4 * (pooled.Length + tokens.Length))];
        Span<float> values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(HeaderBytes));
        pooled.CopyTo(values);
        tokens.CopyTo(values[pooled.Length..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), pooled.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Checksum(bytes.AsSpan(HeaderBytes)));
        AtomicFile.Write(PathOf(key), bytes);
    }

    private static ulong Checksum(ReadOnlySpan<byte> values)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(values, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private string PathOf(string key) => Path.Combine(_directory, key[..2], key + ".dme");
}
