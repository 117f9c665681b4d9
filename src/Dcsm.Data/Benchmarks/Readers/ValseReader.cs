using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>
/// VALSE: of each phenomenon an object of items by name, a picture with its caption and a foil. As in its own program only items count of
/// which two of three annotators said that the caption, and not the foil, describes the picture.
/// </summary>
internal sealed class ValseReader : PartedReader<ChoiceBuilder>
{
    private const int LeastVotes = 2;

    protected override ChoiceBuilder Begin(ImageLocator images) => new(images);

    protected override void Read(AnnotationPart part, AnnotationFile file, ChoiceBuilder items)
    {
        foreach (JsonField item in file.Json().Fields())
        {
            JsonField name = item.Field("image_file");
            string[] captions = [item.Field("caption").Text(), item.Field("foil").Text()];
            if (item.Field("mturk").Field("caption").Whole(0) >= LeastVotes && items.Image(name.Text(), name.Place) is { } image)
            {
                items.Add(
                    item.Place,
                    new ChoiceItem($"{part.Group}#{item.Name}", image, captions, 0) { Group = part.Group, Category = part.Category }
                );
            }
        }
    }
}
