using Dcsm.IO.Digests;
using Dcsm.IO.Files;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>Digests of a store's files of tensors, which may be large.</summary>
internal static class StoreContent
{
    private const int BufferLength = 1 << 20;

    /// <summary>A description with the digests of the files that are there now.</summary>
    public static EmbeddingStoreInfo Describe(EmbeddingStoreInfo info, string directory, CancellationToken cancellationToken)
    {
        return info with
        {
            ImageContent = info.Images > 0 ? Of(StoreFiles.Images) : null,
            CaptionContent = info.Captions > 0 ? Of(StoreFiles.Captions) : null,
        };

        string Of(string name) => Digest(Path.Combine(directory, name), static _ => { }, cancellationToken);
    }

    /// <param name="path">The file.</param>
    /// <param name="read">Told of the bytes that were read, again and again.</param>
    /// <param name="cancellationToken">Stops between two reads.</param>
    public static string Digest(string path, Action<long> read, CancellationToken cancellationToken)
    {
        using FileStream file = RegularFile.OpenRead(path);
        using var digest = new Sha256Digest();
        byte[] buffer = new byte[BufferLength];
        for (int length; (length = file.Read(buffer)) > 0; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            digest.Append(buffer.AsSpan(0, length));
            read(length);
        }

        return digest.Finish();
    }
}
