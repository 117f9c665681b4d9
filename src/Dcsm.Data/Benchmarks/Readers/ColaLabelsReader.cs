using System.Text.Json;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Collections;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>
/// COLA, single objects: names of classes, and of each picture for every class whether it is there, and whether the picture is asked about
/// it (which is a hard one: it has some of the words). The two are fields, or the two items of a list.
/// </summary>
internal sealed class ColaLabelsReader : BenchmarkReader
{
    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        JsonField top = file.Json();
        IReadOnlyList<JsonField> parts = top.Kind == JsonValueKind.Array ? top.List() : [top.Field("labels"), top.Field("data")];
        if (parts.Count != 2)
            throw top.Expected("labels and data");
        // One list for all pictures, so that it is encoded once.
        IReadOnlyList<string> labels = Contents.Of(parts[0].Texts());
        var items = new MatchBuilder(new ImageLocator(options, file.Folders) { Folders = ColaPairsReader.Pictures }, MatchTask.Labels);
        foreach (JsonField item in parts[1].Items())
        {
            // Without the annotation of objects (PACO) there is one field less.
            IReadOnlyList<JsonField> fields = item.List();
            if (fields.Count is not (3 or 4))
                throw item.Expected("[picture, objects, labels, hard]");
            string name = ColaPairsReader.FileName(fields[0]);
            bool[] present = Flags(fields[^2], labels.Count),
                asked = Flags(fields[^1], labels.Count);
            if (items.Image(name, fields[0].Place) is { } image)
                items.Add(item.Place, new MatchItem(name, [image], labels, [.. present.Zip(asked, (is1, ask) => ask ? is1 : (bool?)null)]));
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    private static bool[] Flags(JsonField list, int count)
    {
        IReadOnlyList<JsonField> flags = list.List();
        return flags.Count == count
            ? [.. flags.Select(flag => flag.Whole(0, 1) == 1)]
            : throw list.Wrong(FormattableString.Invariant($"expected {count} numbers, one for each class, found {flags.Count}"));
    }
}
