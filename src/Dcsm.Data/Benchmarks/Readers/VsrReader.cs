using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>VSR: JSON lines of a picture, a statement on two things in it, and whether it is true; a threshold is chosen on dev.</summary>
internal sealed class VsrReader : PartedReader<MatchBuilder>
{
    public const string Dev = "dev",
        Test = "test";

    // rel_meta_category_dict.txt; what stands in two of its lines belongs to the later one, as its own program has it.
    private static readonly (string Category, string Relations)[] Categories =
    [
        (
            "adjacency",
            "adjacent to|alongside|at the side of|at the right side of|at the left side of|attached to|at the back of|ahead of|against|"
                + "at the edge of"
        ),
        ("directional", "off|past|toward|down|deep down|up|away from|along|around|from|into|to|across|across from|through|down from"),
        ("orientation", "facing|facing away from|parallel to|perpendicular to"),
        ("projective", "on top of|beneath|beside|behind|left of|right of|under|in front of|below|above|over|in the middle of"),
        ("proximity", "by|close to|near|far from|far away from"),
        (
            "topological",
            "connected to|detached from|has as a part|part of|contains|within|at|on|in|with|surrounding|among|consists of|out of|between|"
                + "inside|outside|touching"
        ),
        ("unallocated", "beyond|next to|opposite to|after|among|enclosed by"),
    ];

    private static readonly Dictionary<string, string> CategoryOf = Categories
        .SelectMany(c => c.Relations.Split('|').Select(relation => (Relation: relation, c.Category)))
        .GroupBy(c => c.Relation, StringComparer.Ordinal)
        .ToDictionary(c => c.Key, c => c.Last().Category, StringComparer.Ordinal);

    protected override MatchBuilder Begin(ImageLocator images) => new(images, MatchTask.Statements);

    protected override void Read(AnnotationPart part, AnnotationFile file, MatchBuilder items)
    {
        foreach (JsonField item in JsonLines.Read(file.Path))
        {
            JsonField name = item.Field("image");
            string caption = item.Field("caption").Text(),
                relation = item.Field("relation").Text();
            bool isTrue = item.Field("label").Whole(0, 1) == 1;
            if (items.Image(name.Text(), name.Place) is not { } image)
                continue;
            items.Add(
                item.Place,
                new MatchItem($"{part.Group} {name.Text()}", [image], [caption], [isTrue])
                {
                    Group = relation,
                    Category = CategoryOf.GetValueOrDefault(relation, ""),
                    IsDev = part.Group == Dev,
                }
            );
        }
    }
}
