namespace Dcsm.Data.Classes;

/// <summary>A class that pictures belong to.</summary>
public sealed class PictureClass
{
    /// <param name="key">What the data call it: a folder, a wnid, a label of a table.</param>
    /// <param name="names">What it is called in captions, the usual name first; at least one.</param>
    /// <exception cref="ArgumentException">There is no name, or an empty one.</exception>
    public PictureClass(string key, IReadOnlyList<string> names)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0 || names.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException($"The class '{key}' needs a name.", nameof(names));
        (Key, Names) = (key, names);
    }

    /// <summary>What the data call it.</summary>
    public string Key { get; }

    /// <summary>What it is called in captions, the usual name first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The usual name.</summary>
    public string Name => Names[0];
}
