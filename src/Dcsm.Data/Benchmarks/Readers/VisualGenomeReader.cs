using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>VG-attribution and VG-relation of ARO: a box of a picture, and two captions of which the second is right.</summary>
internal sealed class VisualGenomeReader : BenchmarkReader
{
    /// <summary>Whether items are grouped by their pair of attributes, else by their relation.</summary>
    public required bool ByAttributes { get; init; }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders) { Folders = ["images", "VG_100K", "VG_100K_2", ""] });
        var sizes = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        int index = 0;
        foreach (JsonField item in file.Json().Items())
        {
            string name = item.Field("image_path").Text();
            string wrong = item.Field("false_caption").Text();
            string right = item.Field("true_caption").Text();
            string group = ByAttributes ? string.Join('_', item.Field("attributes").Texts(2)) : item.Field("relation_name").Text();
            CropBox box = Box(item);
            if (items.Image(name, $"{item.Place}, field image_path", box) is { } image)
            {
                CheckAgainstImage(items, item, image, box, options.Measure, sizes);
                items.Add(item.Place, new ChoiceItem($"{name}#{index}", image, [wrong, right], 1) { Group = group });
            }

            index++;
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    private static CropBox Box(JsonField item)
    {
        var box = new CropBox(
            item.Field("bbox_x").Number(),
            item.Field("bbox_y").Number(),
            Side(item.Field("bbox_w")),
            Side(item.Field("bbox_h"))
        );
        try
        {
            PillowCrop.Edges(box);
            return box;
        }
        catch (ArgumentException)
        {
            throw new InvalidDataException(
                $"{item.Place}, fields bbox_x, bbox_y, bbox_w, bbox_h: {PillowCrop.Describe(box)} has no whole pixel or is far too large"
            );
        }
    }

    private static double Side(JsonField field) =>
        field.Number() is var side and > 0 ? side : throw field.Expected("a number above 0, the side of a box");

    private static void CheckAgainstImage(
        ChoiceBuilder items,
        JsonField item,
        BenchmarkImage image,
        CropBox box,
        Func<string, (int Width, int Height)?>? measure,
        Dictionary<string, (int, int)> sizes
    )
    {
        if (!sizes.TryGetValue(image.Path!, out (int Width, int Height) size))
            sizes.Add(image.Path!, size = BenchmarkPicture.Size(image, measure));
        (int left, int top, int right, int bottom) = PillowCrop.Edges(box);
        if (left >= size.Width || top >= size.Height || right <= 0 || bottom <= 0)
        {
            throw item.Wrong(
                $"{PillowCrop.Describe(box)} lies outside of the image of {size.Width} × {size.Height} pixels, {image.Path}; "
                    + $"only black would be seen"
            );
        }

        if (left < 0 || top < 0 || right > size.Width || bottom > size.Height)
        {
            items.Warn(
                $"{item.Place}: {PillowCrop.Describe(box)} leaves the image of {size.Width} × {size.Height} pixels, "
                    + $"{image.Path}; the rest is filled with black, as published"
            );
        }
    }
}
