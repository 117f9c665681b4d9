using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Models;

/// <summary>Picture files by their paths, where they are a list of strings.</summary>
public static class ClipPictureFiles
{
    /// <summary>Encodes files; see <see cref="ClipModel.EncodeImages"/>.</summary>
    /// <param name="clip">The CLIP.</param>
    /// <param name="paths">The files.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static ImageEncoding EncodeImages(
        this ClipModel clip,
        IReadOnlyList<string> paths,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(clip);
        return clip.EncodeImages(ImageSource.FromFiles(paths), cancellationToken);
    }

    /// <summary>Encodes files batch after batch.</summary>
    /// <param name="clip">The CLIP.</param>
    /// <param name="batches">The files of each batch.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static IEnumerable<ImageEncoding> EncodeImageBatches(
        this ClipModel clip,
        IEnumerable<IReadOnlyList<string>> batches,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(batches);
        return clip.EncodeImageBatches(batches.Select(ImageSource.FromFiles), cancellationToken);
    }
}
