using System.Text.Json;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>SugarCrepe++: of each kind of change a list of items, a picture with two captions of one meaning and a changed one.</summary>
internal sealed class SugarCrepePlusReader : PartedReader<MatchBuilder>
{
    private static readonly string[] Captions = ["caption", "caption2", "negative_caption"];

    private static readonly bool?[] TwoOfThree = [true, true, false];

    // Of three captions the pairs (1, 2), (1, 3), (2, 3).
    private static readonly bool?[] FirstPair = [true, false, false];

    /// <summary>Whether captions are compared with each other, and pictures not needed.</summary>
    public bool IsTextOnly { get; init; }

    protected override bool IsOurs(byte first) => first == '[';

    protected override MatchBuilder Begin(ImageLocator images) => new(images, IsTextOnly ? MatchTask.Captions : MatchTask.AllAbove);

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
            BenchmarkImage? found = IsTextOnly ? new BenchmarkImage(name.Text(), null, name.Place) : items.Image(name.Text(), name.Place);
            if (found is { } image)
            {
                items.Add(
                    item.Place,
                    new MatchItem($"{part.Group}#{id}", [image], captions, IsTextOnly ? FirstPair : TwoOfThree)
                    {
                        Group = part.Group,
                        Category = part.Category,
                    }
                );
            }
        }
    }
}
