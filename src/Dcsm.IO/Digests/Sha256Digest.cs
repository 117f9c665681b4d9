using System.Security.Cryptography;
using System.Text;
using Dcsm.IO.Files;

namespace Dcsm.IO.Digests;

/// <summary>
/// The digest that everything here is recognized by: "sha256:" and 64 hexadecimal digits. Not safe for use by several threads.
/// </summary>
public sealed class Sha256Digest : IDisposable
{
    private const string Prefix = "sha256:";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The digest of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Prefix + Hex(bytes);

    /// <summary>The digest of a text in UTF-8.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>The digest of a file.</summary>
    public static string OfFile(string path)
    {
        using FileStream stream = RegularFile.OpenRead(path);
        return Prefix + Hex(stream);
    }

    /// <summary>The digits alone, lower case, of bytes.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The digits alone of what is left of a stream.</summary>
    public static string Hex(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    /// <summary>As <see cref="Hex(Stream)"/>, without holding a thread while the stream is read.</summary>
    public static async Task<string> HexAsync(Stream stream, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Adds a text in UTF-8. The texts of a list need something between them, so that no two lists look alike.</summary>
    public void Append(string text) => Append(Encoding.UTF8.GetBytes(text));

    /// <summary>The digest of all that was added; what is added now begins another.</summary>
    public string Finish() => Prefix + FinishHex();

    /// <summary>As <see cref="Finish"/>, the digits alone.</summary>
    public string FinishHex() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
