using System.Text.Json;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>SugarCrepe: of each kind of change an object of items by number, a picture with its caption and a changed one.</summary>
internal sealed class SugarCrepeReader : PartedReader<ChoiceBuilder>
{
    protected override bool IsOurs(byte first) => first != '[';

    protected override ChoiceBuilder Begin(ImageLocator images) => new(images);

    protected override void Read(AnnotationPart part, AnnotationFile file, ChoiceBuilder items)
    {
        JsonField top = file.Json();
        if (top.Kind == JsonValueKind.Array)
            throw top.Wrong("expected an object of items by number, as in SugarCrepe; a list is SugarCrepe++, sugarcrepe-pp");
        foreach (JsonField item in top.Fields())
        {
            JsonField name = item.Field("filename");
            string[] captions = [item.Field("caption").Text(), item.Field("negative_caption").Text()];
            if (items.Image(name.Text(), name.Place) is { } image)
            {
                items.Add(
                    item.Place,
                    new ChoiceItem($"{part.Group}#{item.Name}", image, captions, 0) { Group = part.Group, Category = part.Category }
                );
            }
        }
    }
}
