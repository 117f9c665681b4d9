using System.Globalization;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>COCO-QA and VG-QA of WhatsUp: [id, right caption, wrong caption].</summary>
internal sealed class SpatialQuestionReader : BenchmarkReader
{
    /// <summary>The folder of the pictures.</summary>
    public required string Pictures { get; init; }

    /// <summary>Whether ids are numbers of COCO, written with twelve digits.</summary>
    public required bool Coco { get; init; }

    public required bool TwoObjects { get; init; }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders) { Folders = [Pictures] });
        foreach (JsonField item in file.Json().Items())
        {
            IReadOnlyList<JsonField> parts = item.List();
            if (parts.Count != 3)
                throw item.Expected("[id, right caption, wrong caption]");
            string id = parts[0].Key();
            string right = parts[1].Text();
            string wrong = parts[2].Text();
            if (items.Image(FileName(id, parts[0].Place), parts[0].Place) is { } image)
                items.Add(item.Place, new ChoiceItem(id, image, [right, wrong], 0) { Group = Relation(right) });
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    private string FileName(string id, string place)
    {
        if (!Coco)
            return $"{id}.jpg";
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? string.Create(CultureInfo.InvariantCulture, $"{number:D12}.jpg")
            : throw new InvalidDataException($"{place}: '{id}' is no number of a COCO image");
    }

    /// <summary>As the published scoring finds it, except that "above" of VG-QA is not filed as "top".</summary>
    private string Relation(string caption)
    {
        if (!TwoObjects)
            return caption.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1];
        if (Has("left of"))
            return "left";
        if (Has("right of"))
            return "right";
        if (!Coco && Has("front of"))
            return "front";
        if (!Coco && Has("behind"))
            return "behind";
        if (Has("above"))
            return "above";
        return Coco || Has("below") ? "below" : "top";

        bool Has(string words) => caption.Contains(words, StringComparison.Ordinal);
    }
}
