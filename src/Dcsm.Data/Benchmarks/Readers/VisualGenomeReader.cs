using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>VG-attribution and VG-relation of ARO: a box of a picture, and two captions of which the second is right.</summary>
internal sealed class VisualGenomeReader : BenchmarkReader
{
    // Left out by the notebook that replicates the paper's figures, though both captions are true of only some of them.
    private static readonly HashSet<string> Symmetric =
    [
        .. (
            "adjusting|attached to|between|bigger than|biting|boarding|brushing|chewing|cleaning|climbing|close to|coming from|"
            + "coming out of|contain|crossing|dragging|draped over|drinking|drinking from|driving|driving down|driving on|"
            + "eating from|eating in|enclosing|exiting|facing|filled with|floating in|floating on|flying|flying above|flying in|"
            + "flying over|flying through|full of|going down|going into|going through|grazing in|growing in|growing on|guiding|"
            + "hanging from|hanging in|hanging off|hanging over|higher than|holding onto|hugging|in between|jumping off|jumping on|"
            + "jumping over|kept in|larger than|leading|leaning over|leaving|licking|longer than|looking in|looking into|looking out|"
            + "looking over|looking through|lying next to|lying on top of|making|mixed with|mounted on|moving|on the back of|"
            + "on the edge of|on the front of|on the other side of|opening|painted on|parked at|parked beside|parked by|parked in|"
            + "parked in front of|parked near|parked next to|perched on|petting|piled on|playing|playing in|playing on|playing with|"
            + "pouring|reaching for|reading|reflected on|riding on|running in|running on|running through|seen through|sitting behind|"
            + "sitting beside|sitting by|sitting in front of|sitting near|sitting next to|sitting under|skiing down|skiing on|"
            + "sleeping in|sleeping on|smiling at|sniffing|splashing|sprinkled on|stacked on|standing against|standing around|"
            + "standing behind|standing beside|standing in front of|standing near|standing next to|staring at|stuck in|surrounding|"
            + "swimming in|swinging|talking to|topped with|touching|traveling down|traveling on|tying|typing on|underneath|wading in|"
            + "waiting for|walking across|walking by|walking down|walking next to|walking through|working in|working on|worn on|"
            + "wrapped around|wrapped in|by|of|near|next to|with|beside|on the side of|around"
        ).Split('|'),
    ];

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
            string category =
                ByAttributes ? ""
                : Symmetric.Contains(group) ? "symmetric"
                : "asymmetric";
            CropBox box = Box(item);
            if (items.Image(name, $"{item.Place}, field image_path", box) is { } image)
            {
                CheckAgainstImage(items, item, image, box, options.Measure, sizes);
                items.Add(item.Place, new ChoiceItem($"{name}#{index}", image, [wrong, right], 1) { Group = group, Category = category });
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
        return Checked(box, $"{item.Place}, fields bbox_x, bbox_y, bbox_w, bbox_h");
    }

    /// <summary>A box that pixels can be cut out of.</summary>
    /// <param name="box">The box as annotated.</param>
    /// <param name="place">The place of its numbers.</param>
    public static CropBox Checked(CropBox box, string place)
    {
        try
        {
            PillowCrop.Edges(box);
            return box;
        }
        catch (ArgumentException)
        {
            throw new InvalidDataException($"{place}: {PillowCrop.Describe(box)} has no whole pixel or is far too large");
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
