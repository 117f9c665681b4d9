using System.Text.Json;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>SugarCrepe++: of each kind of change a list of items, a picture with two captions of one meaning and a changed one.</summary>
internal sealed class SugarCrepePlusReader : PartedReader<MatchBuilder>
{
    private static readonly string[] Captions = ["caption", "caption2", "negative_caption"];

    private static readonly bool?[] TwoOfThree = [true, true, false];

    protected override bool IsOurs(byte first) => first == '[';

    protected override MatchBuilder Begin(ImageLocator images) => new(images, MatchTask.AllAbove);

    protected override void Read(AnnotationPart part, AnnotationFile file, MatchBuilder items)
    {
        JsonField top = file.Json();
        if (top.Kind == JsonValueKind.Object)
            throw top.Wrong("expected a list of items, as in SugarCrepe++; an object is SugarCrepe, sugarcrepe");
        foreach (JsonField item in top.Items())
        {
            JsonField name = item.Field("filename");
            string[] captions = [.. Captions.Select(field => item.Field(field).Text())];
            string id = item.Optional("id")?.Key() ?? name.Text();
            if (items.Image(name.Text(), name.Place) is { } image)
            {
                items.Add(
                    item.Place,
                    new MatchItem($"{part.Group}#{id}", [image], captions, TwoOfThree) { Group = part.Group, Category = part.Category }
                );
            }
        }
    }
}
