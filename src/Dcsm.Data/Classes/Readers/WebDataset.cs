using System.Formats.Tar;
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
        Sample[] samples = [.. tars.SelectMany(Samples)];
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
            [.. samples.Select(sample => new ClassifiedPicture(sample.Name, [Class(sample, numbered, classes)], sample.Read))]
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

    private static IEnumerable<string> Tars(string path)
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

    // A sample's files follow one another; of their contents only labels are read, pictures by their place.
    private static IEnumerable<Sample> Samples(string tar)
    {
        if (!File.Exists(tar))
            throw new FileNotFoundException($"{tar}: there is no such tar", tar);
        var samples = new Dictionary<string, Parts>(StringComparer.Ordinal);
        using FileStream stream = RegularFile.OpenRead(tar);
        using var reader = new TarReader(stream);
        try
        {
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is null)
                    continue;
                string name = entry.Name;
                int dot = name.IndexOf('.', name.LastIndexOf('/') + 1);
                if (dot < 0)
                    continue;
                if (!samples.TryGetValue(name[..dot], out Parts? parts))
                    samples.Add(name[..dot], parts = new Parts());
                if (name.EndsWith(".cls", StringComparison.Ordinal) || (name.EndsWith(".txt", StringComparison.Ordinal)))
                {
                    if (entry.Length > MostLabel)
                        throw new InvalidDataException($"{name} has {entry.Length} bytes; a label has {MostLabel} at most");
                    using var text = new StreamReader(entry.DataStream, Encoding.UTF8, leaveOpen: true);
                    (parts.Label, parts.IsNumber) = (text.ReadToEnd().Trim(), name.EndsWith(".cls", StringComparison.Ordinal));
                }
                else if (PictureFile.HasEndingOfPicture(name))
                {
                    parts.Offset = entry.DataOffset;
                    parts.Length =
                        entry.Length <= Array.MaxLength
                            ? (int)entry.Length
                            : throw new InvalidDataException($"{name} has {entry.Length} bytes, too many for a picture");
                }
            }
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or FormatException)
        {
            throw new InvalidDataException($"{tar}: is no tar, or cut short ({e.Message.TrimEnd('.')})", e);
        }

        return samples.Count == 0
            ? throw new InvalidDataException($"{tar}: holds no samples (KEY.jpg beside KEY.cls or KEY.txt)")
            : [.. samples.Select(sample => new Sample(tar, sample.Key, sample.Value))];
    }

    private sealed class Parts
    {
        public long Offset { get; set; } = -1;

        public int Length { get; set; }

        public string? Label { get; set; }

        public bool IsNumber { get; set; }
    }

    private sealed class Sample
    {
        private readonly string _tar;
        private readonly long _offset;
        private readonly int _length;

        public Sample(string tar, string key, Parts parts)
        {
            Name = $"{tar}, {key}";
            Label = parts.Label ?? throw new InvalidDataException($"{Name}: has no label (.cls or .txt)");
            if (parts.Offset < 0)
                throw new InvalidDataException($"{Name}: has a label and no picture");
            if (Label.Length == 0)
                throw new InvalidDataException($"{Name}: the label is empty");
            if (parts.IsNumber)
            {
                Number = int.TryParse(Label, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                    ? number
                    : throw new InvalidDataException($"{Name}.cls: '{Label}' is not a whole number from 0");
            }

            (_tar, _offset, _length) = (tar, parts.Offset, parts.Length);
        }

        public string Name { get; }

        public string Label { get; }

        public int? Number { get; }

        public byte[] Read()
        {
            using FileStream file = RegularFile.OpenRead(_tar);
            byte[] content = new byte[_length];
            file.Seek(_offset, SeekOrigin.Begin);
            file.ReadExactly(content);
            return content;
        }
    }

    [GeneratedRegex(@"\{(\d+)\.\.(\d+)\}")]
    private static partial Regex Range();
}
