using Dcsm.IO.Files;

namespace Dcsm.Data.Pictures;

/// <summary>Paths of pictures as annotations name them, which lead nowhere but into the folder of the annotations.</summary>
internal static class PicturePath
{
    /// <summary>The parts of a path. One that climbs out of its folder is refused: it could name any file of the machine.</summary>
    /// <param name="name">The path, with either separator.</param>
    /// <param name="place">The place of the annotation.</param>
    /// <exception cref="InvalidDataException">It leads out of the folder, or nowhere.</exception>
    public static string[] Segments(string name, string place)
    {
        var segments = new List<string>();
        foreach (string part in name.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;
            if (part != "..")
                segments.Add(part);
            else if (segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
            else
                throw Outside(name, place);
        }

        return segments.Count > 0
            ? [.. segments]
            : throw new InvalidDataException($"{place}: '{Excerpt.Of(name, 200)}' is not the name of a picture");
    }

    /// <summary>A path that is told from a folder, joined with it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The path, with either separator.</param>
    /// <param name="place">The place of the annotation.</param>
    /// <exception cref="InvalidDataException">It is absolute, or leads out of the folder.</exception>
    public static string Within(string folder, string name, string place)
    {
        bool isAbsolute = Path.IsPathRooted(name) || name.StartsWith('\\') || (name.Length > 1 && name[1] == ':');
        return isAbsolute ? throw Outside(name, place) : Path.Combine([folder, .. Segments(name, place)]);
    }

    private static InvalidDataException Outside(string name, string place) =>
        new($"{place}: image '{Excerpt.Of(name, 200)}' leads out of the folder of pictures; it is not opened");
}
