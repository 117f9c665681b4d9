using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using SkiaSharp;

namespace Dcsm.Testing;

/// <summary>Small exact copies of other data sets' files, made of our own scenes.</summary>
public static class SceneDataSets
{
    private const int Size = 64;
    private static readonly string[] Names =
    [
        "apple",
        "banana",
        "car",
        "key",
        "star",
        "robot",
        "horse",
        "hat",
        "bus",
        "crown",
        "cat",
        "guitar",
    ];
    private static readonly ObjectLibrary Library = ObjectLibrary.Load(Repository.Path("data", "objects"), Names);
    private static readonly SceneSampler Sampler = new(Library, SceneSplit.Create(Names, 1, 0, 0));
    private static readonly SceneRenderer Renderer = new(Library, Size);

    /// <summary>A CMYK JPEG.</summary>
    private static string Cmyk => GoldenFiles.Path("preprocess", "files", "jpeg_cmyk.jpg");

    /// <summary>The folders of the official training, with <paramref name="count"/> pictures and their opposites in each.</summary>
    public static string Official(string directory, int count)
    {
        string spatial = Made(directory, "objaverse_train_composite_newrelations_withbg"),
            attributes = Made(directory, "objaverse_attributes_overlay_withbg"),
            sizes = Made(directory, "objaverse_smallbig_withbg"),
            coco = Made(directory, "coco/train2017");
        var negations = new List<object>();
        for (int i = 0; i < count; i++)
        {
            SceneSample sample = Draw(SceneKind.Spatial, i);
            string[] words = Words(sample);
            string relation =
                words.Contains("above") ? "above"
                : words.Contains("below") ? "below"
                : words.Contains("left") ? "leftof"
                : "rightof";
            Save(sample, spatial, $"{Name(sample, 0)}_{relation}_{Name(sample, 1)}.png", "CUTMIX_");
            sample = Draw(SceneKind.Color, i);
            words = Words(sample);
            Save(sample, attributes, $"{words[4]}_{words[5]}_{words[8]}_{words[9]}.png", "MIRROR_");
            sample = Draw(SceneKind.Size, i);
            Save(sample, sizes, $"small_{Name(sample, 0)}_big_{Name(sample, 1)}.png", "MIRROR_");
            sample = Draw(SceneKind.Negation, i);
            string first = FormattableString.Invariant($"{i:D12}.jpg"),
                second = FormattableString.Invariant($"{i + 1000:D12}.jpg");
            PictureFile.WriteJpeg(Path.Combine(coco, first), Renderer.Render(sample.Image), Size, Size);
            PictureFile.WriteJpeg(Path.Combine(coco, second), Renderer.Render(sample.Opposite), Size, Size);
            negations.Add(
                new
                {
                    img1_path = "/home/author/coco/train2017/" + first,
                    img2_path = "/home/author/coco/train2017/" + second,
                    img1_obj = new[] { Name(sample, 0), Name(sample, 0) + " thing" },
                    img2_obj = new[] { Library.Objects[sample.Opposite.Objects[0].Object].Name, "other thing" },
                }
            );
        }

        File.WriteAllText(Path.Combine(directory, "negated_pairs_cocotrain_v1.json"), JsonSerializer.Serialize(negations));
        return directory;
    }

    /// <summary>
    /// COCO: pictures of two objects, every third with a crowd, some gray, one CMYK, one without captions, with a picture and a box
    /// annotated twice.
    /// </summary>
    public static string Coco(string directory, int count, string part = "train2017")
    {
        string pictures = Made(directory, part),
            annotations = Made(directory, "annotations");
        var images = new List<object>();
        var boxes = new List<Dictionary<string, object>>();
        var captions = new List<object>();
        for (int i = 0; i < count; i++)
        {
            SceneSample sample = Draw(i % 2 == 0 ? SceneKind.Spatial : SceneKind.Color, i);
            int id = 500 - (i * 3);
            string file = string.Create(CultureInfo.InvariantCulture, $"{id:D12}.jpg");
            byte[] rgb = Renderer.Render(sample.Image);
            if (i == 3)
                File.Copy(Cmyk, Path.Combine(pictures, file));
            else if (i % 4 == 1)
                WriteGray(Path.Combine(pictures, file), rgb);
            else
                PictureFile.WriteJpeg(Path.Combine(pictures, file), rgb, Size, Size);
            images.Add(
                new
                {
                    license = 4,
                    file_name = file,
                    coco_url = "http://images.cocodataset.org/" + file,
                    height = Size,
                    width = Size,
                    date_captured = "2013-11-14 11:18:45",
                    id,
                }
            );
            foreach (PlacedObject placed in sample.Image.Objects)
            {
                SceneBox box = Library.Box(placed);
                boxes.Add(
                    new Dictionary<string, object>
                    {
                        ["segmentation"] = new[] { new[] { 1.5, 2, 3, 4, 5, 6 } },
                        ["area"] = 12.5,
                        ["iscrowd"] = 0,
                        ["image_id"] = id,
                        ["bbox"] = new[] { box.Left * Size, box.Top * Size, box.Width * Size, box.Height * Size },
                        ["category_id"] = Category(placed),
                        ["id"] = 1000 + boxes.Count,
                    }
                );
            }

            if (i % 3 == 2)
            {
                boxes.Add(
                    new Dictionary<string, object>
                    {
                        ["segmentation"] = new { counts = new[] { 272, 2, 38 }, size = new[] { Size, Size } },
                        ["iscrowd"] = 1,
                        ["image_id"] = id,
                        ["bbox"] = new[] { 0, 0, Size, Size },
                        ["category_id"] = Category(sample.Image.Objects[0]),
                        ["id"] = 9000000 + i,
                    }
                );
            }

            if (i == 2)
                continue;
            captions.Add(
                new
                {
                    image_id = id,
                    id = i,
                    caption = i % 2 == 0 ? "Two things on a table. " : sample.Captions[0] + ".",
                }
            );
            captions.Add(
                new
                {
                    image_id = id,
                    id = i,
                    caption = i % 5 == 0 ? null : "Something else, really",
                }
            );
        }

        images.Add(images[0]);
        boxes.Add(boxes[0]);
        captions.Add(
            new
            {
                image_id = 987654,
                id = 1,
                caption = "of a picture that is not there",
            }
        );
        File.WriteAllText(
            Path.Combine(annotations, $"instances_{part}.json"),
            JsonSerializer.Serialize(
                new
                {
                    info = new { description = "COCO 2017 Dataset" },
                    licenses = new[] { new { id = 4 } },
                    images,
                    annotations = boxes,
                    categories = Names.Select(
                        (name, i) =>
                            new
                            {
                                supercategory = "thing",
                                id = i + 1,
                                name,
                            }
                    ),
                }
            )
        );
        File.WriteAllText(
            Path.Combine(annotations, $"captions_{part}.json"),
            JsonSerializer.Serialize(new { images, annotations = captions })
        );
        return directory;
    }

    /// <summary>Visual Genome: its two files, in the older and the newer spelling of names, with a picture twice.</summary>
    public static string VisualGenome(string directory, int count)
    {
        string[] folders = [Made(directory, "VG_100K"), Made(directory, "VG_100K_2")];
        var attributes = new List<object>();
        var relations = new List<object>();
        for (int i = 0; i < count; i++)
        {
            SceneSample colored = Draw(SceneKind.Color, i),
                placed = Draw(SceneKind.Spatial, i);
            int first = 2 * i,
                second = (2 * i) + 1;
            PictureFile.WriteJpeg(
                Path.Combine(folders[i % 2], FormattableString.Invariant($"{first}.jpg")),
                Renderer.Render(colored.Image),
                Size,
                Size
            );
            PictureFile.WriteJpeg(
                Path.Combine(folders[i % 2], FormattableString.Invariant($"{second}.jpg")),
                Renderer.Render(placed.Image),
                Size,
                Size
            );
            attributes.Add(
                new
                {
                    image_id = first,
                    attributes = colored
                        .Image.Objects.Select((item, o) => Thing(item, o, "names", [SceneColors.Names[item.Color], " Shiny "]))
                        .Append(
                            new()
                            {
                                ["object_id"] = 77,
                                ["names"] = new[] { "wall" },
                                ["x"] = 0,
                                ["y"] = 0,
                                ["w"] = 1,
                                ["h"] = 1,
                                ["synsets"] = Array.Empty<string>(),
                            }
                        ),
                }
            );
            string predicate = Words(placed) switch
            {
                var words when words.Contains("above") => "ABOVE",
                var words when words.Contains("below") => "below",
                var words when words.Contains("left") => "to the left of",
                _ => "right of",
            };
            Dictionary<string, object> subject = Thing(placed.Image.Objects[0], 0, i % 2 == 0 ? "name" : "names"),
                target = Thing(placed.Image.Objects[1], 1, "name");
            relations.Add(
                new
                {
                    image_id = second,
                    relationships = new object[]
                    {
                        new
                        {
                            relationship_id = 1,
                            predicate,
                            synsets = Array.Empty<string>(),
                            subject,
                            @object = target,
                        },
                        new
                        {
                            relationship_id = 2,
                            predicate = "ON",
                            synsets = new[] { "along.r.01" },
                            subject,
                            @object = target,
                        },
                        // The other way round: not borne out by the boxes.
                        new
                        {
                            relationship_id = 3,
                            predicate,
                            synsets = Array.Empty<string>(),
                            subject = target,
                            @object = subject,
                        },
                    },
                }
            );
        }

        attributes.Add(attributes[0]);
        File.WriteAllText(Path.Combine(directory, "attributes.json"), JsonSerializer.Serialize(attributes));
        File.WriteAllText(Path.Combine(directory, "relationships.json"), JsonSerializer.Serialize(relations));
        return directory;
    }

    /// <summary>One's own pictures in <c>own.csv</c> and <c>own.jsonl</c>; every other row has an opposite picture.</summary>
    public static string Own(string directory, int count)
    {
        Made(directory, "pictures");
        var csv = new List<string> { "image,caption,opposite_caption,opposite_image,note" };
        var lines = new List<string>();
        for (int i = 0; i < count; i++)
        {
            SceneSample sample = Draw(SceneKind.Color, i);
            string image = $"pictures/{i}.png",
                opposite = i % 2 == 0 ? $"pictures/{i}-other.png" : "";
            PictureFile.WritePng(Path.Combine(directory, image), Renderer.Render(sample.Image), Size, Size);
            PictureFile.WritePng(Path.Combine(directory, $"pictures/{i}-other.png"), Renderer.Render(sample.Opposite), Size, Size);
            csv.Add($"{image},\"{sample.Captions[0]}, really\",{sample.OppositeCaptions[0]},{opposite},x");
            lines.Add(
                JsonSerializer.Serialize(
                    new
                    {
                        image,
                        caption = sample.Captions[0],
                        opposite_caption = sample.OppositeCaptions[0],
                        opposite_image = i % 2 == 0 ? opposite : null,
                    }
                )
            );
        }

        File.WriteAllLines(Path.Combine(directory, "own.csv"), csv);
        File.WriteAllLines(Path.Combine(directory, "own.jsonl"), lines);
        return directory;
    }

    /// <summary>Cut-outs without a list, and a folder of backgrounds.</summary>
    public static string Cutouts(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (SceneObject item in Library.Objects)
        {
            File.Copy(
                Repository.Path("data", "objects", item.File),
                Path.Combine(directory, "My-" + item.Name + Path.GetExtension(item.File))
            );
        }

        return directory;
    }

    public static string Backgrounds(string directory, int count)
    {
        Directory.CreateDirectory(directory);
        var empty = new Scene(1, []);
        for (int i = 0; i < count; i++)
        {
            PictureFile.WriteJpeg(
                Path.Combine(directory, $"room{i}.jpg"),
                Renderer.Render(empty with { BackgroundSeed = (ulong)i }),
                Size,
                Size
            );
        }

        return directory;
    }

    private static Dictionary<string, object> Thing(PlacedObject placed, int number, string nameField, string[]? attributes = null)
    {
        SceneBox box = Library.Box(placed);
        string name = Library.Objects[placed.Object].Name;
        var thing = new Dictionary<string, object>
        {
            ["object_id"] = 100 + number,
            ["synsets"] = new[] { name + ".n.01" },
            ["x"] = (int)(box.Left * Size),
            ["y"] = (int)(box.Top * Size),
            ["w"] = (int)(box.Width * Size),
            ["h"] = (int)(box.Height * Size),
            [nameField] = nameField == "names" ? new[] { name } : name,
        };
        if (attributes is not null)
            thing["attributes"] = attributes;
        return thing;
    }

    private static SceneSample Draw(SceneKind kind, int index) => Sampler.Sample(kind, SplitPart.Train, 3, index);

    private static string[] Words(SceneSample sample) => sample.Captions[0].Split(' ');

    private static string Name(SceneSample sample, int place) => Library.Objects[sample.Image.Objects[place].Object].Name;

    private static int Category(PlacedObject placed) => Array.IndexOf(Names, Library.Objects[placed.Object].Name) + 1;

    private static string Made(string directory, string name) => Directory.CreateDirectory(Path.Combine(directory, name)).FullName;

    private static void Save(SceneSample sample, string folder, string name, string prefix)
    {
        PictureFile.WritePng(Path.Combine(folder, name), Renderer.Render(sample.Image), Size, Size, 1);
        PictureFile.WritePng(Path.Combine(folder, prefix + name), Renderer.Render(sample.Opposite), Size, Size, 1);
    }

    private static void WriteGray(string path, byte[] rgb)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Size, Size, SKColorType.Gray8, SKAlphaType.Opaque));
        for (int i = 0; i < Size * Size; i++)
            bitmap.GetPixelSpan()[i] = rgb[(i * 3) + 1];
        using SKPixmap pixels = bitmap.PeekPixels()!;
        using SKData data = pixels.Encode(SKEncodedImageFormat.Jpeg, 90) ?? throw new InvalidOperationException("no gray JPEG");
        File.WriteAllBytes(path, data.ToArray());
    }
}
