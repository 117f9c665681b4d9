using System.Text.Json;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>
/// Retrieval of COCO and Flickr30k, from any of three forms: the lists of ARO, whose captions are prepared as ARO does; Karpathy's
/// dataset_*.json, of which the test split is taken; captions_*.json of COCO. Captions of the last two stay as they are.
/// </summary>
internal sealed class CaptionRetrievalReader : BenchmarkReader
{
    /// <summary>Folders in which pictures without a path may lie.</summary>
    public required IReadOnlyList<string> Pictures { get; init; }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var images = new RetrievalBuilder(new ImageLocator(options, file.Folders) { Folders = ["", .. Pictures] });
        JsonField top = file.Json();
        if (top.Kind == JsonValueKind.Array)
        {
            ReadAro(top.Items(), images);
        }
        else if (top.Has("images") && top.Has("annotations"))
        {
            ReadCoco(top, images);
        }
        else if (top.Has("images"))
        {
            ReadKarpathy(top, images);
        }
        else
        {
            throw top.Expected(
                "a list of objects with image and caption, or an object with images (each with sentences), or one with images "
                    + "and annotations"
            );
        }

        return images.Build(Name, [file.Path], file.Path);
    }

    private static void ReadAro(IReadOnlyList<JsonField> items, RetrievalBuilder images)
    {
        foreach (JsonField item in items)
        {
            JsonField name = item.Field("image");
            JsonField captions = item.Field("caption");
            images.Add(name.Text(), name.Place, [.. captions.Texts().Select(AroCaption.Prepare)], captions.Place);
        }
    }

    private static void ReadKarpathy(JsonField top, RetrievalBuilder images)
    {
        var splits = new SortedSet<string>(StringComparer.Ordinal);
        foreach (JsonField item in top.Field("images").List())
        {
            string split = item.Field("split").Text();
            splits.Add(split);
            if (split != "test")
                continue;
            JsonField name = item.Field("filename");
            JsonField sentences = item.Field("sentences");
            string path = item.Has("filepath") ? $"{item.Field("filepath").Text()}/{name.Text()}" : name.Text();
            images.Add(path, name.Place, [.. sentences.List().Select(sentence => sentence.Field("raw").Text())], sentences.Place);
        }

        if (!splits.Contains("test"))
            throw new InvalidDataException($"{top.Place}: no image is of the split test; found {string.Join(", ", splits)}");
    }

    private static void ReadCoco(JsonField top, RetrievalBuilder images)
    {
        var captions = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        IReadOnlyList<JsonField> pictures = top.Field("images").List();
        foreach (JsonField picture in pictures)
        {
            JsonField id = picture.Field("id");
            if (!captions.TryAdd(id.Key(), []))
                throw id.Wrong($"the id {id.Key()} stands twice");
        }

        foreach (JsonField annotation in top.Field("annotations").List())
        {
            JsonField id = annotation.Field("image_id");
            if (!captions.TryGetValue(id.Key(), out List<string>? texts))
                throw id.Wrong($"there is no image of the id {id.Key()}");
            texts.Add(annotation.Field("caption").Text());
        }

        foreach (JsonField picture in pictures)
        {
            JsonField name = picture.Field("file_name");
            images.Add(name.Text(), name.Place, captions[picture.Field("id").Key()], picture.Place);
        }
    }
}
