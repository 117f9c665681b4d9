namespace Dcsm.Data.Classes;

/// <summary>A picture and the classes that it belongs to.</summary>
public sealed class ClassifiedPicture
{
    private readonly Func<byte[]> _read;

    /// <param name="name">What it is called in results: its path within the data.</param>
    /// <param name="labels">Its classes, by their places in <see cref="ClassifiedSet.Classes"/>; at least one.</param>
    /// <param name="read">Reads it as the content of a picture file; may be called by several threads.</param>
    public ClassifiedPicture(string name, IReadOnlyList<int> labels, Func<byte[]> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(read);
        if (labels.Count == 0)
            throw new ArgumentException($"The picture '{name}' belongs to no class.", nameof(labels));
        (Name, Labels, _read) = (name, labels, read);
    }

    /// <summary>A picture of pixels that no file holds.</summary>
    /// <param name="name">What it is called in results.</param>
    /// <param name="labels">Its classes.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="rgb">Makes the pixels, [height, width, 3]; may be called by several threads.</param>
    public static ClassifiedPicture OfRgb(string name, IReadOnlyList<int> labels, int width, int height, Func<byte[]> rgb) =>
        new(name, labels, () => Readers.RawPixels.Rgb(rgb(), width, height));

    /// <summary>What it is called in results.</summary>
    public string Name { get; }

    /// <summary>Its classes, the first one being that of data with one class a picture.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>The group that a table puts it in; empty where it names none.</summary>
    public string Group { get; init; } = "";

    /// <summary>The content of a picture file.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public byte[] Read() => _read();
}
