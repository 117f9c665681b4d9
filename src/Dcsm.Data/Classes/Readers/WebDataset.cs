using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dcsm.Data.Pictures;
using Dcsm.IO.Files;

namespace Dcsm.Data.Classes.Readers;

/// <summary>
/// WebDataset tars: of each sample a picture, and its class as a number (<c>.cls</c>) or a name (<c>.txt</c>). A tar, a folder of them (or
/// of <c>test/</c>, as CLIP_benchmark lays it out), or names with <c>{000..012}</c>.
/// </summary>
internal static partial class WebDataset
{
    private const int MostTars = 1_000_000,
        MostLabel = 1 << 16;

    public static ClassifiedSet Read(string source, string path, ClassifiedDataOptions options)
    {
        string[] tars = [.. Tars(path)];
        Sample[] samples = [.. tars.SelectMany(Samples).Select(sample => new Sample(sample.Name, sample.Files))];
        string? folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path));
        bool numbered = samples.All(sample => sample.Number is not null);
        ClassNames? names = ClassFolder.FileOf(folder, options) is { } file ? ClassNames.Read(file) : null;
        IReadOnlyList<PictureClass> classes =
            names?.Classes
            ?? (
                numbered
                    ?
                    [
                        .. Enumerable
                            .Range(0, samples.Max(sample => sample.Number!.Value) + 1)
                            .Select(i => i.ToString(CultureInfo.InvariantCulture))
                            .Select(name => new PictureClass(name, [name])),
                    ]
                    :
                    [
                        .. samples
                            .Select(sample => sample.Label)
                            .Distinct(StringComparer.Ordinal)
                            .Order(StringComparer.Ordinal)
                            .Select(name => new PictureClass(name, [name])),
                    ]
            );
        return new ClassifiedSet(
            source,
            classes,
            [
                .. samples.Select(sample => new ClassifiedPicture(
                    sample.Name,
                    [Class(sample, numbered, classes)],
                    () => ContainedFile.ReadAll(sample.Picture)
                )),
            ]
        );
    }

    private static int Class(Sample sample, bool numbered, IReadOnlyList<PictureClass> classes)
    {
        int place = numbered
            ? sample.Number!.Value
            : classes.ToList().FindIndex(known => known.Key == sample.Label || known.Names.Contains(sample.Label));
        return place >= 0 && place < classes.Count
            ? place
            : throw new InvalidDataException($"{sample.Name}: the label '{sample.Label}' is none of the {classes.Count} classes");
    }

    /// <summary>The tars that a path means.</summary>
    internal static IEnumerable<string> Tars(string path)
    {
        if (Directory.Exists(path))
        {
            string test = Path.Combine(path, "test");
            string folder = Directory.Exists(test) ? test : path;
            string[] inside = [.. Directory.EnumerateFiles(folder, "*.tar").OrderBy(Number).ThenBy(name => name, StringComparer.Ordinal)];
            return inside.Length > 0 ? inside : throw new FileNotFoundException($"{folder}: holds no tars", folder);
        }

        if (Range().Match(path) is { Success: true } range)
        {
            (string first, string last) = (range.Groups[1].Value, range.Groups[2].Value);
            bool isRange =
                int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int low)
                & int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int high);
            if (!isRange || high < low || high - low >= MostTars)
                throw new InvalidDataException($"{path}: {{{first}..{last}}} is no range of 1 to {MostTars} tars");
            return Enumerable
                .Range(low, high - low + 1)
                .Select(i =>
                    path[..range.Index]
                    + i.ToString(CultureInfo.InvariantCulture).PadLeft(first.Length, '0')
                    + path[(range.Index + range.Length)..]
                );
        }

        return [path];
    }

    private static long Number(string file) =>
        long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : long.MaxValue;

    /// <summary>Samples of a tar in their order: what errors call each, and its files.</summary>
    /// <exception cref="FileNotFoundException">There is no such tar.</exception>
    /// <exception cref="InvalidDataException">It can't be read, or holds none.</exception>
    internal static IReadOnlyList<(string Name, IReadOnlyList<string> Files)> Samples(string tar)
    {
        var samples = new OrderedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string file in ContainedFile.Names(tar))
        {
            string name = file[(tar.Length + 1)..];
            int dot = name.IndexOf('.', name.LastIndexOf('/') + 1);
            if (dot < 0)
                continue;
            if (!samples.TryGetValue(name[..dot], out List<string>? files))
                samples.Add(name[..dot], files = []);
            files.Add(file);
        }

        return samples.Count == 0
            ? throw new InvalidDataException($"{tar}: holds no samples (KEY.jpg beside KEY.cls or KEY.txt)")
            : [.. samples.Select(sample => ($"{tar}, {sample.Key}", (IReadOnlyList<string>)sample.Value))];
    }

    /// <summary>A text of a tar.</summary>
    /// <exception cref="InvalidDataException">It is longer than that, or not UTF-8.</exception>
    internal static string Text(string file, int most) =>
        Encoding.UTF8.GetString(Utf8File.Check(ContainedFile.ReadAll(file, most), file)).Trim();

    private sealed class Sample
    {
        public Sample(string name, IReadOnlyList<string> files)
        {
            Name = name;
            string label =
                files.LastOrDefault(file =>
                    file.EndsWith(".cls", StringComparison.Ordinal) || file.EndsWith(".txt", StringComparison.Ordinal)
                ) ?? throw new InvalidDataException($"{name}: has no label (.cls or .txt)");
            Label = Text(label, MostLabel);
            Picture =
                files.LastOrDefault(PictureFile.HasEndingOfPicture)
                ?? throw new InvalidDataException($"{name}: has a label and no picture");
            if (Label.Length == 0)
                throw new InvalidDataException($"{name}: the label is empty");
            if (label.EndsWith(".cls", StringComparison.Ordinal))
            {
                Number = int.TryParse(Label, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                    ? number
                    : throw new InvalidDataException($"{name}.cls: '{Label}' is not a whole number from 0");
            }
        }

        public string Name { get; }

        public string Picture { get; }

        public string Label { get; }

        public int? Number { get; }
    }

    [GeneratedRegex(@"\{(\d+)\.\.(\d+)\}")]
    private static partial Regex Range();
}
