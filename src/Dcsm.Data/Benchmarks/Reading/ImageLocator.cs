using Dcsm.Data.Pictures;

namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>
/// Finds the pictures that annotations name. Their paths are often those of the authors' machines, so that every
/// ending of a path is tried under the known folders, the longest first; then a file of that name anywhere below them, the
/// one whose path agrees longest from its end.
/// </summary>
internal sealed class ImageLocator
{
    private static readonly EnumerationOptions AllFiles = new() { RecurseSubdirectories = true, MaxRecursionDepth = 12 };

    private readonly BenchmarkOptions _options;
    private readonly IReadOnlyList<string> _bases;
    private readonly Dictionary<string, string?> _found = [];
    private readonly List<string> _missing = [];
    private Dictionary<string, List<string>>? _index;

    /// <param name="options">Its <see cref="BenchmarkOptions.Images"/> comes before all other folders.</param>
    /// <param name="bases">Folders at which paths may begin.</param>
    public ImageLocator(BenchmarkOptions options, IReadOnlyList<string> bases)
    {
        if (options.Images is { } images && !Directory.Exists(images))
            throw new FileNotFoundException($"{images}: there is no such folder of pictures", images);
        (_options, _bases) = (options, bases);
    }

    /// <summary>Folders that stand before a name whose annotation does not say them; the usual one first.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [""];

    /// <summary>Whether a picture may also lie deeper. Not where one name stands for other pictures in other folders.</summary>
    public bool Deep { get; init; } = true;

    /// <summary>Another name that a picture may have been given on disk; null where there is none.</summary>
    public Func<string, string?>? Renamed { get; init; }

    /// <summary>The annotated places whose pictures were not there.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>How many pictures were found under their other name.</summary>
    public int RenamedCount { get; private set; }

    /// <summary>Where a picture is; null where it is missing and that is allowed.</summary>
    /// <param name="name">The path as annotated, with either separator.</param>
    /// <param name="place">The place of the annotation.</param>
    public string? Locate(string name, string place)
    {
        if (!_found.TryGetValue(name, out string? path))
            _found.Add(name, path = Search(name, place));
        if (path is not null)
            return path;

        string[] segments = PicturePath.Segments(name, place);
        string wanted = Expected(segments);
        string other = Renamed?.Invoke(name) is { } renamed
            ? $", nor '{renamed}', the name that the official DCSM evaluation gives it on disk"
            : "";
        string message =
            $"{place}: image '{name}' does not exist{other}; looked for {wanted}"
            + (_options.Images is { } images && !wanted.StartsWith(images, StringComparison.Ordinal) ? $" and under {images}" : "");
        if (!_options.SkipMissing)
            throw new FileNotFoundException(message, wanted);
        _missing.Add(message);
        return null;
    }

    private string? Search(string name, string place)
    {
        if (Find(name, place) is { } path)
            return path;
        if (Renamed?.Invoke(name) is { } other && Find(other, place) is { } renamed)
        {
            RenamedCount++;
            return renamed;
        }

        return null;
    }

    private string? Find(string name, string place)
    {
        string[] segments = PicturePath.Segments(name, place);
        if (Path.IsPathRooted(name) && File.Exists(name))
            return name;
        if (_options.Images is { } images && Plain([images], segments) is { } given)
            return given;
        if (Plain(_bases, segments) is { } plain)
            return plain;
        return Deep ? InIndex(segments, name, place) : null;
    }

    private string? Plain(IReadOnlyList<string> folders, string[] segments) => Candidates(folders, segments).FirstOrDefault(File.Exists);

    private IEnumerable<string> Candidates(IReadOnlyList<string> folders, string[] segments)
    {
        foreach (string folder in Folders)
        {
            string[] full = folder.Length == 0 ? segments : [.. folder.Split('/'), .. segments];
            for (int skipped = 0; skipped < full.Length; skipped++)
            {
                foreach (string start in folders)
                    yield return Path.Combine([start, .. full[skipped..]]);
            }
        }
    }

    /// <summary>The path to name in an error: the first whose folder exists.</summary>
    private string Expected(string[] segments)
    {
        string[] candidates = [.. Candidates(_options.Images is { } images ? [images, .. _bases] : _bases, segments)];
        return candidates.FirstOrDefault(path =>
                Directory.Exists(Path.GetDirectoryName(path)) && _bases.All(start => Path.GetDirectoryName(path) != start)
            ) ?? candidates[0];
    }

    private string? InIndex(string[] segments, string name, string place)
    {
        _index ??= CreateIndex();
        if (!_index.TryGetValue(segments[^1], out List<string>? files))
            return null;
        string[] full = Folders[0].Length == 0 ? segments : [.. Folders[0].Split('/'), .. segments];
        int best = files.Max(file => Agreement(file, full));
        string[] equal = [.. files.Where(file => Agreement(file, full) == best)];
        return equal.Length == 1
            ? equal[0]
            : throw new InvalidDataException(
                $"{place}: image '{name}' is ambiguous: it could be {equal[0]} or {equal[1]}; name the folder of pictures more closely"
            );
    }

    private Dictionary<string, List<string>> CreateIndex()
    {
        var files = new Dictionary<string, List<string>>();
        string root = _options.Images ?? (_bases[0].Length > 0 ? _bases[0] : ".");
        // Ordered, so that messages are the same in every run.
        foreach (string file in Directory.EnumerateFiles(root, "*", AllFiles).Order(StringComparer.Ordinal))
        {
            string key = Path.GetFileName(file);
            if (!files.TryGetValue(key, out List<string>? places))
                files.Add(key, places = []);
            places.Add(file);
        }

        return files;
    }

    /// <summary>How many parts two paths have in common, counted from their ends.</summary>
    private static int Agreement(string file, string[] segments)
    {
        string[] parts = file.Replace('\\', '/').Split('/');
        int count = 0;
        while (count < parts.Length && count < segments.Length && parts[^(count + 1)] == segments[^(count + 1)])
            count++;
        return count;
    }
}
