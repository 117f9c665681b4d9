namespace Dcsm.Clip.Hub;

/// <summary>A file of a repository, as the hub describes it.</summary>
/// <param name="Name">Its path in the repository.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, for large files.</param>
/// <param name="BlobId">
/// Git's id of the content, for small files: SHA-1 over "blob", the length and the content; else whatever tag a mirror tells, by which the
/// content can't be checked. Null as long as neither is known.
/// </param>
internal sealed record HubFile(string Name, long Size, string? Sha256, string? BlobId)
{
    /// <summary>The name of its content in the cache.</summary>
    public string Key => Sha256 ?? BlobId ?? throw new InvalidOperationException($"{Name} is not described yet.");

    /// <summary>Whether length and hash are known.</summary>
    public bool IsDescribed => (Sha256 ?? BlobId) is not null;
}
