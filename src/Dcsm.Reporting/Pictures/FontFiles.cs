using SkiaSharp;

namespace Dcsm.Reporting.Pictures;

/// <summary>The typefaces that lie in folders. Files are opened until one has what is asked for.</summary>
internal sealed class FontFiles
{
    private static readonly string[] Endings = [".ttf", ".otf", ".ttc"];

    private readonly Lock _lock = new();
    private readonly Dictionary<int, SKTypeface?> _found = [];
    private readonly List<SKTypeface> _opened = [];
    private readonly Queue<string> _rest;

    public FontFiles(IEnumerable<string> folders) =>
        // Upright ones of usual weight before all others.
        _rest = new(
            folders
                .Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true }))
                .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .OrderBy(file => Rank(Path.GetFileNameWithoutExtension(file)))
                .ThenBy(file => file, StringComparer.Ordinal)
        );

    /// <summary>What this machine and its user have.</summary>
    public static Lazy<FontFiles> OfSystem { get; } =
        new(() =>
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return new FontFiles([
                Environment.GetFolderPath(Environment.SpecialFolder.Fonts),
                "/usr/share/fonts",
                "/usr/local/share/fonts",
                Path.Combine(home, ".local/share/fonts"),
                Path.Combine(home, ".fonts"),
            ]);
        });

    /// <summary>A typeface that has a letter; null where none has.</summary>
    public SKTypeface? With(int codePoint)
    {
        lock (_lock)
        {
            if (_found.TryGetValue(codePoint, out SKTypeface? known))
                return known;
            SKTypeface? found = _opened.Find(typeface => Has(typeface, codePoint));
            while (found is null && _rest.TryDequeue(out string? file))
            {
                if (SKTypeface.FromFile(file) is not { } typeface)
                    continue;
                _opened.Add(typeface);
                if (Has(typeface, codePoint))
                    found = typeface;
            }

            return _found[codePoint] = found;
        }
    }

    /// <summary>Whether a typeface has a letter.</summary>
    public static bool Has(SKTypeface typeface, int codePoint)
    {
        using SKFont font = new(typeface);
        return font.ContainsGlyph(codePoint);
    }

    private static int Rank(string name) =>
        name.Contains("Italic", StringComparison.OrdinalIgnoreCase) || name.Contains("Oblique", StringComparison.OrdinalIgnoreCase) ? 3
        : name.Contains("Mono", StringComparison.OrdinalIgnoreCase) || name.Contains("Serif", StringComparison.OrdinalIgnoreCase) ? 2
        : name.Contains("Regular", StringComparison.OrdinalIgnoreCase) || !name.Contains('-', StringComparison.Ordinal) ? 0
        : 1;
}
