using System.Runtime.InteropServices;
using Dcsm.IO.Files;

namespace Dcsm.Clip.Preprocessing;

/// <summary>
/// Where a picture comes from: a file, the bytes of one, a stream, or pixels. Whatever it is, the same picture gives the same bits.
/// Thread-safe; what it holds is not copied, and not to be changed until it was used.
/// </summary>
/// <remarks>Two sources of the same file under the same name are equal; others only to themselves.</remarks>
/// <example>
/// <code>
/// ImageSource upload = await ImageSource.FromStreamAsync(request.Body, "upload.jpg", maxBytes: 10 &lt;&lt; 20);
/// ImageSource file = "photo.jpg";
/// </code>
/// </example>
public sealed class ImageSource : IEquatable<ImageSource>
{
    private readonly string? _path;
    private readonly ReadOnlyMemory<byte> _bytes;

    private ImageSource(string name, string? path, ReadOnlyMemory<byte> bytes, RgbImage? image)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, _path, _bytes, Image) = (name, path, bytes, image);
    }

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>The pixels, where it was made of them; else null.</summary>
    public RgbImage? Image { get; }

    /// <summary>A file, which is opened when the picture is needed.</summary>
    /// <param name="path">
    /// The file, of one of <see cref="PictureDecoders.Formats"/>; one in a tar as <see cref="ContainedFile"/> names it.
    /// </param>
    /// <param name="name">What errors call it; null for the path.</param>
    public static ImageSource FromFile(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ImageSource(name ?? path, path, default, null);
    }

    /// <summary>Files.</summary>
    /// <param name="paths">The files.</param>
    public static IReadOnlyList<ImageSource> FromFiles(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return [.. paths.Select(path => FromFile(path))];
    }

    /// <summary>The content of a file.</summary>
    /// <param name="bytes">The content, of one of <see cref="PictureDecoders.Formats"/>.</param>
    /// <param name="name">What errors call it.</param>
    public static ImageSource FromBytes(ReadOnlyMemory<byte> bytes, string name) => new(name, null, bytes, null);

    /// <summary>Reads a stream to its end, from where it stands. It stays the caller's, and may be closed afterwards.</summary>
    /// <param name="stream">The content of a file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="maxBytes">More are refused, without being read.</param>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="maxBytes"/>.</exception>
    public static ImageSource FromStream(Stream stream, string name, int maxBytes = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var content = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0; )
            Append(content, buffer.AsSpan(0, read), name, maxBytes);
        return FromBytes(content.GetBuffer().AsMemory(0, (int)content.Length), name);
    }

    /// <inheritdoc cref="FromStream"/>
    /// <param name="stream">The content of a file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="maxBytes">More are refused, without being read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<ImageSource> FromStreamAsync(
        Stream stream,
        string name,
        int maxBytes = int.MaxValue,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        var content = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; )
            Append(content, buffer.AsSpan(0, read), name, maxBytes);
        return FromBytes(content.GetBuffer().AsMemory(0, (int)content.Length), name);
    }

    /// <summary>A picture that is decoded already.</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="name">What errors call it.</param>
    public static ImageSource FromImage(RgbImage image, string name)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new ImageSource(name, null, default, image);
    }

    /// <summary>A file.</summary>
    /// <param name="path">The file.</param>
    public static implicit operator ImageSource(string path) => FromFile(path);

    /// <inheritdoc/>
    public bool Equals(ImageSource? other) =>
        ReferenceEquals(this, other)
        || (_path is not null && _path == other?._path && string.Equals(Name, other.Name, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ImageSource);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        _path is null
            ? System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this)
            : HashCode.Combine(string.GetHashCode(_path, StringComparison.Ordinal), string.GetHashCode(Name, StringComparison.Ordinal));

    /// <summary><see cref="Name"/>.</summary>
    public override string ToString() => Name;

    /// <summary>The content of the file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    internal byte[] Read()
    {
        if (_path is not null)
        {
            if (!ContainedFile.Exists(_path))
                throw new FileNotFoundException($"{Name}: there is no such file.", Name);
            try
            {
                return ContainedFile.ReadAll(_path);
            }
            catch (InvalidDataException e) when (Name != _path)
            {
                throw new InvalidDataException(e.Message.Replace(_path, Name, StringComparison.Ordinal));
            }
        }
        return MemoryMarshal.TryGetArray(_bytes, out ArraySegment<byte> all) && all.Array is { } array && array.Length == all.Count
            ? array
            : _bytes.ToArray();
    }

    private static void Append(MemoryStream content, ReadOnlySpan<byte> read, string name, int maxBytes)
    {
        if (content.Length + read.Length > maxBytes)
            throw new InvalidDataException($"{name}: the picture is longer than {maxBytes} bytes.");
        content.Write(read);
    }
}
