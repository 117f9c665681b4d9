using System.Globalization;
using Dcsm.IO.Files;

namespace Dcsm.Data.Classes.Readers;

/// <summary>
/// CIFAR-10 and CIFAR-100 in their binary version (Krizhevsky): records of one label, or a coarse and a fine one, and 32 × 32 × 3 bytes. A
/// folder means its test part (<c>test_batch.bin</c> or <c>test.bin</c>); names are those of <c>batches.meta.txt</c> or
/// <c>fine_label_names.txt</c> beside it.
/// </summary>
internal static class CifarFiles
{
    private const int Side = 32,
        PixelBytes = 3 * Side * Side;

    private static readonly string[] TestFiles = ["test_batch.bin", "test.bin"];

    public static ClassifiedSet Read(string source, string path, ClassifiedDataOptions options)
    {
        string file = Directory.Exists(path)
            ? TestFiles.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
                ?? throw new FileNotFoundException($"{path}: holds neither test_batch.bin nor test.bin", path)
            : path;
        if (!File.Exists(file))
            throw new FileNotFoundException($"{file}: there is no such file", file);
        byte[] content = RegularFile.ReadAll(file);
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        string fine = Path.Combine(folder, "fine_label_names.txt"),
            ten = Path.Combine(folder, "batches.meta.txt");
        int labels = File.Exists(fine) || content.Length % (PixelBytes + 1) != 0 ? 2 : 1;
        int record = PixelBytes + labels;
        if (content.Length == 0 || content.Length % record != 0)
        {
            throw new InvalidDataException(
                $"{file}: {content.Length} bytes are no whole number of records, which have {PixelBytes + 1} or {PixelBytes + 2}"
            );
        }

        string? names = ClassFolder.FileOf(folder, options) ?? new[] { fine, ten }.FirstOrDefault(File.Exists);
        int count = content.Length / record;
        int[] label = [.. Enumerable.Range(0, count).Select(i => (int)content[(i * record) + labels - 1])];
        IReadOnlyList<PictureClass> classes = names is not null
            ? ClassNames.Read(names).Classes
            :
            [
                .. Enumerable
                    .Range(0, label.Max() + 1)
                    .Select(i => i.ToString(CultureInfo.InvariantCulture))
                    .Select(name => new PictureClass(name, [name])),
            ];
        int wrong = Array.FindIndex(label, own => own >= classes.Count);
        if (wrong >= 0)
            throw new InvalidDataException($"{file}, record {wrong}: the label {label[wrong]} is none of the {classes.Count} classes");
        return new ClassifiedSet(
            source,
            classes,
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new ClassifiedPicture(
                        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}, record {i}"),
                        [label[i]],
                        () => RawPixels.Planes(content.AsSpan((i * record) + labels, PixelBytes), Side, Side)
                    )),
            ]
        );
    }
}
