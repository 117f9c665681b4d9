using System.Buffers.Binary;
using System.Globalization;

namespace Dcsm.Data.Classes.Readers;

/// <summary>
/// Files of the MNIST family, packed or not: <c>…-images-idx3-ubyte</c> and <c>…-labels-idx1-ubyte</c> (LeCun). A folder means its test
/// part (<c>t10k</c>), or the only part that it has.
/// </summary>
internal static class IdxFiles
{
    private const string ImagesName = "images-idx3-ubyte",
        LabelsName = "labels-idx1-ubyte";

    public static ClassifiedSet Read(string source, string path, ClassifiedDataOptions options)
    {
        string imagesFile = ImagesOf(path);
        string labelsFile = imagesFile.Replace(ImagesName, LabelsName, StringComparison.Ordinal);
        if (labelsFile == imagesFile || !File.Exists(labelsFile))
            throw new FileNotFoundException($"{labelsFile}: there is no such file of labels beside the pictures", labelsFile);
        byte[] images = RawPixels.ReadUnpacked(imagesFile),
            labels = RawPixels.ReadUnpacked(labelsFile);
        int[] shape = Shape(imagesFile, images, 3),
            counts = Shape(labelsFile, labels, 1);
        if (counts[0] != shape[0])
            throw new InvalidDataException($"{labelsFile}: holds {counts[0]} labels for {shape[0]} pictures");
        (int height, int width, int start) = (shape[1], shape[2], 16);
        int last = shape[0] == 0 ? -1 : labels.AsSpan(8).ToArray().Max();
        string[] keys = [.. Enumerable.Range(0, last + 1).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        string? folder = Path.GetDirectoryName(Path.GetFullPath(imagesFile));
        string? file = ClassFolder.FileOf(folder, options);
        IReadOnlyList<PictureClass> classes = file is null ? ClassFolder.NamesOf(null, keys, options) : ClassNames.Read(file).Classes;
        if (last >= classes.Count)
            throw new InvalidDataException($"{labelsFile}: the label {last} is none of the {classes.Count} classes");
        return new ClassifiedSet(
            source,
            classes,
            [
                .. Enumerable
                    .Range(0, shape[0])
                    .Select(i => new ClassifiedPicture(
                        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(imagesFile)}, picture {i}"),
                        [labels[8 + i]],
                        () => RawPixels.Gray(images.AsSpan(start + (i * width * height), width * height), width, height)
                    )),
            ]
        );
    }

    private static string ImagesOf(string path)
    {
        if (!Directory.Exists(path))
            return File.Exists(path) ? path : throw new FileNotFoundException($"{path}: there is no such file or folder", path);
        string[] parts = [.. Directory.EnumerateFiles(path, $"*{ImagesName}*").Order(StringComparer.Ordinal)];
        return parts.FirstOrDefault(part => Path.GetFileName(part).StartsWith("t10k", StringComparison.Ordinal))
            ?? parts.FirstOrDefault()
            ?? throw new FileNotFoundException($"{path}: holds no file of pictures (…{ImagesName})", path);
    }

    // Two zero bytes, 8 for bytes, the number of sizes, then these, big-endian.
    private static int[] Shape(string path, byte[] content, int sizes)
    {
        if (content.Length < 4 + (4 * sizes) || content[0] != 0 || content[1] != 0 || content[2] != 8 || content[3] != sizes)
            throw new InvalidDataException($"{path}: is no idx file of bytes in {sizes} {(sizes == 1 ? "dimension" : "dimensions")}");
        int[] shape = [.. Enumerable.Range(0, sizes).Select(i => BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(4 + (4 * i))))];
        long expected = 4 + (4 * sizes) + shape.Aggregate(1L, (product, size) => product * size);
        return shape.All(size => size >= 0) && content.Length == expected
            ? shape
            : throw new InvalidDataException(
                $"{path}: has {content.Length} bytes; its header ({string.Join(" × ", shape)}) asks for {expected}"
            );
    }
}
