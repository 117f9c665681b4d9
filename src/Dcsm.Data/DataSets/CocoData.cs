using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Benchmarks;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.Data.Scenes;
using Dcsm.IO.Json;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.DataSets;

/// <summary>
/// Makes training data of COCO's <c>instances_*.json</c>, <c>captions_*.json</c> and pictures: spatial relations from boxes, attributes
/// from color words in captions, negations from the sets of categories. Only negations have opposite pictures.
/// </summary>
/// <remarks>
/// Objects are named only where a picture has exactly one of their category. Crowds (<c>iscrowd</c>) are no objects, but their category
/// is neither single nor absent. Boxes that are annotated twice count once. A negation's absent object is in none of its picture's boxes,
/// crowds and captions.
/// </remarks>
public static class CocoData
{
    private const string Instances = "instances_",
        CaptionsName = "captions_",
        CaptionsKind = "captions";
    private const int OppositeAttempts = 40;

    /// <summary>Reads a COCO data set.</summary>
    /// <param name="path">
    /// The folder that holds the annotations or a folder <c>annotations</c> with them, or the file <c>instances_*.json</c> itself.
    /// </param>
    /// <param name="options">Thresholds and seed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FileNotFoundException">The annotations, or a picture, are missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is wrong, there are several to choose from, or there is nothing to train on.
    /// </exception>
    public static HardNegativeSet Read(string path, CocoOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CocoOptions();
        (SortedDictionary<long, CocoPicture> pictures, ImageLocator images, HardNegativeSetBuilder builder) = Open(
            path,
            options,
            cancellationToken
        );
        new Maker(pictures, images, options, builder).Make(cancellationToken);
        return builder.Build(HardNegativeCaptions.Spatial, HardNegativeCaptions.Attributes, HardNegativeCaptions.Negation);
    }

    /// <summary>
    /// Reads a COCO data set as true and false statements: names, pairs and absences from categories, relations from boxes, colors from
    /// captions, and several of these in one. A tenth of the pictures is held out.
    /// </summary>
    /// <param name="path">As of <see cref="Read"/>.</param>
    /// <param name="options">Thresholds and seed.</param>
    /// <param name="splitSeed">Another seed holds other pictures out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FileNotFoundException">The annotations, or a picture, are missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is wrong, there are several to choose from, or there is nothing to train on.
    /// </exception>
    public static LabeledSet ReadStatements(
        string path,
        CocoOptions? options = null,
        ulong splitSeed = 0,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new CocoOptions();
        (SortedDictionary<long, CocoPicture> pictures, ImageLocator images, HardNegativeSetBuilder builder) = Open(
            path,
            options,
            cancellationToken
        );
        var facts = new CocoFacts(pictures.Values, options);
        return LabeledSet.Create(
            "coco",
            [.. pictures.Values.Select(picture => facts.Of(picture, images)).Where(picture => picture.Nouns.Count > 0)],
            picture => picture.Name,
            splitSeed,
            part => new FactStatements(part, facts.Words, options.Seed, cancellationToken),
            builder
        );
    }

    /// <summary>
    /// Reads the captions that people wrote of COCO's pictures, all true; <c>captions_*.json</c> is enough. A tenth of the pictures is held
    /// out.
    /// </summary>
    internal static LabeledSet ReadCaptions(string path, ulong splitSeed, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = AnnotationFile.Open(Find(Path.TrimEndingDirectorySeparator(path), CaptionsName, "captions"), [CaptionsName]);
        ImageLocator images = Images(file.Path, CaptionsName, new CocoOptions());
        var names = new Dictionary<long, string>();
        var captions = new TableCaptions("coco", file.Path) { Labeled = false };
        JsonItems.Read(
            file.Bytes,
            file.Path,
            new Dictionary<string, Action<JsonField>>
            {
                ["images"] = item => names[item.Field("id").Whole(long.MinValue)] = item.Field("file_name").Text(),
            },
            cancellationToken
        );
        JsonItems.Read(
            file.Bytes,
            file.Path,
            new Dictionary<string, Action<JsonField>>
            {
                ["annotations"] = item =>
                {
                    JsonField caption = item.Field("caption");
                    if (!names.TryGetValue(item.Field("image_id").Whole(long.MinValue), out string? name))
                        captions.PassOver();
                    else if (caption.Kind != JsonValueKind.Null && caption.String().Trim() is { Length: > 0 } text)
                        captions.Add((name, images.Locate(name, item.Place)!), text, true, CaptionsKind, item.Place);
                },
            },
            cancellationToken
        );
        return captions.Build(splitSeed);
    }

    private static (SortedDictionary<long, CocoPicture> Pictures, ImageLocator Images, HardNegativeSetBuilder Builder) Open(
        string path,
        CocoOptions options,
        CancellationToken cancellationToken
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options.Check();
        string instances = Find(Path.TrimEndingDirectorySeparator(path), Instances, "boxes");
        string part = Path.GetFileNameWithoutExtension(instances)[Instances.Length..];
        var builder = new HardNegativeSetBuilder("coco", instances);
        SortedDictionary<long, CocoPicture> pictures = ReadInstances(instances, builder, cancellationToken);
        string captions = Path.Combine(Path.GetDirectoryName(instances)!, $"{CaptionsName}{part}.json");
        if (File.Exists(captions))
            ReadCaptions(captions, pictures, builder, cancellationToken);
        else
            builder.Remark($"'{Path.GetFileName(captions)}' is not beside it, so there are no attributes");

        RemarkFlaws(pictures.Values, options, builder);
        return (pictures, Images(instances, Instances, options), builder);
    }

    /// <summary>Where pictures lie from a file of annotations.</summary>
    private static ImageLocator Images(string file, string prefix, CocoOptions options)
    {
        string part = Path.GetFileNameWithoutExtension(file)[prefix.Length..],
            annotations = Path.GetDirectoryName(file)!,
            root = Path.GetFileName(annotations) == "annotations" ? Path.GetDirectoryName(annotations)! : annotations;
        return new ImageLocator(new BenchmarkOptions(root) { Images = options.Images }, [root, annotations])
        {
            Folders = [part, $"images/{part}", "images", ""],
        };
    }

    /// <summary>Says how many objects and relations are left out, and why.</summary>
    private static void RemarkFlaws(IEnumerable<CocoPicture> pictures, CocoOptions options, HardNegativeSetBuilder builder)
    {
        var objects = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var relations = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (CocoPicture picture in pictures)
        {
            foreach (SceneBox box in picture.Boxes.Values.SelectMany(boxes => boxes))
                Count(objects, picture.Flaw(box, options));
            List<(string Category, SceneBox Box)> single = picture.Single(options);
            for (int i = 0; i < single.Count; i++)
            {
                for (int j = i + 1; j < single.Count; j++)
                    Count(relations, picture.Relation(single[i], single[j], options).Flaw);
            }
        }

        builder.Remark(objects.Values.Sum(), $"objects are there, but are not named ({List(objects)})");
        builder.Remark(relations.Values.Sum(), $"relations of two objects are left out ({List(relations)})");

        static void Count(SortedDictionary<string, int> counts, string? flaw)
        {
            if (flaw is not null)
                counts[flaw] = counts.GetValueOrDefault(flaw) + 1;
        }

        static string List(SortedDictionary<string, int> counts) =>
            string.Join(", ", counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {count.Key}")));
    }

    private static string Find(string path, string prefix, string what)
    {
        if (File.Exists(path))
        {
            return Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal)
                ? Path.GetFullPath(path)
                : throw new InvalidDataException($"{path}: a COCO file of {what} is called {prefix}….json");
        }

        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException(
                $"{path}: there is no such folder; it should hold {prefix}*.json, or a folder 'annotations' with it"
            );
        }

        string[] found =
        [
            .. new[] { path, Path.Combine(path, "annotations") }
                .Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, prefix + "*.json"))
                .Order(StringComparer.Ordinal),
        ];
        if (
            found.Length > 1
            && found.Where(file => Path.GetFileName(file).Contains("train", StringComparison.Ordinal)).ToArray() is [var train]
        )
        {
            found = [train];
        }

        return found switch
        {
            [var one] => Path.GetFullPath(one),
            [] => throw new FileNotFoundException(
                $"{path}: holds no {prefix}*.json, nor does a folder 'annotations' in it",
                Path.Combine(path, "annotations", prefix + "train2017.json")
            ),
            _ => throw new InvalidDataException(
                $"{path}: holds {string.Join(", ", found.Select(Path.GetFileName))}; name one of these files"
            ),
        };
    }

    private static SortedDictionary<long, CocoPicture> ReadInstances(
        string path,
        HardNegativeSetBuilder builder,
        CancellationToken cancellationToken
    )
    {
        var file = AnnotationFile.Open(path, [Path.GetFileName(path)]);
        var categories = new Dictionary<long, string>();
        var pictures = new SortedDictionary<long, CocoPicture>();
        int twice = 0;
        // Annotations may stand before the categories that they need.
        JsonItems.Read(
            file.Bytes,
            file.Path,
            new Dictionary<string, Action<JsonField>>
            {
                ["categories"] = item =>
                {
                    (long id, string name) = (item.Field("id").Whole(long.MinValue), item.Field("name").Text().Trim());
                    if (!categories.TryAdd(id, name) && categories[id] != name)
                    {
                        throw item.Wrong($"the id {id} is that of '{categories[id]}' already, and now of '{name}'");
                    }
                },
                ["images"] = item =>
                {
                    long id = item.Field("id").Whole(long.MinValue);
                    var picture = new CocoPicture(
                        item.Field("file_name").Text(),
                        Side(item.Field("width")),
                        Side(item.Field("height")),
                        item.Place
                    );
                    if (pictures.TryGetValue(id, out CocoPicture? known) && known.Name != picture.Name)
                    {
                        throw item.Wrong($"the id {id} is that of '{known.Name}' already, and now of '{picture.Name}'");
                    }

                    pictures.TryAdd(id, picture);
                },
            },
            cancellationToken
        );
        JsonItems.Read(
            file.Bytes,
            file.Path,
            new Dictionary<string, Action<JsonField>>
            {
                ["annotations"] = item =>
                {
                    CocoPicture picture = Picture(item, pictures);
                    long id = item.Field("category_id").Whole(long.MinValue);
                    if (!categories.TryGetValue(id, out string? category))
                        throw new InvalidDataException($"{item.Place}, field category_id: there is no category {id}");
                    if (item.Has("iscrowd") && IsTrue(item.Field("iscrowd")))
                        picture.Crowds.Add(category);
                    else if (!picture.Add(category, Box(item.Field("bbox"))))
                        twice++;
                },
            },
            cancellationToken
        );
        builder.Remark(twice, "boxes are annotated twice and count once");
        return pictures;
    }

    private static void ReadCaptions(
        string path,
        SortedDictionary<long, CocoPicture> pictures,
        HardNegativeSetBuilder builder,
        CancellationToken cancellationToken
    )
    {
        var file = AnnotationFile.Open(path, [Path.GetFileName(path)]);
        int unknown = 0;
        JsonItems.Read(
            file.Bytes,
            file.Path,
            new Dictionary<string, Action<JsonField>>
            {
                ["annotations"] = item =>
                {
                    JsonField field = item.Field("caption");
                    string? caption = field.Kind == JsonValueKind.Null ? null : field.String();
                    if (!pictures.TryGetValue(item.Field("image_id").Whole(long.MinValue), out CocoPicture? picture))
                        unknown++;
                    else if (!string.IsNullOrWhiteSpace(caption))
                        picture.Captions.Add(caption);
                },
            },
            cancellationToken
        );
        builder.Remark(unknown, $"captions of '{Path.GetFileName(path)}' are of pictures that are not in it");
        builder.Remark(pictures.Values.Count(picture => picture.Captions.Count == 0), "pictures have no caption, and give no attributes");
    }

    private static CocoPicture Picture(JsonField item, SortedDictionary<long, CocoPicture> pictures)
    {
        JsonField field = item.Field("image_id");
        return pictures.TryGetValue(field.Whole(long.MinValue), out CocoPicture? picture)
            ? picture
            : throw field.Wrong($"there is no image {field.Element.GetRawText()}");
    }

    private static bool IsTrue(JsonField field) =>
        field.Kind == JsonValueKind.True || (field.Kind != JsonValueKind.False && field.Number() != 0);

    private static double Side(JsonField field) =>
        field.Number() is var side and > 0 ? side : throw field.Expected("a number above 0, the side of a picture");

    private static SceneBox Box(JsonField field)
    {
        IReadOnlyList<JsonField> numbers = field.List();
        return numbers.Count == 4
            ? new SceneBox((float)numbers[0].Number(), (float)numbers[1].Number(), (float)numbers[2].Number(), (float)numbers[3].Number())
            : throw field.Expected("left, top, width and height");
    }

    /// <summary>Makes records of pictures, in the order of their ids.</summary>
    private sealed class Maker(
        SortedDictionary<long, CocoPicture> pictures,
        ImageLocator images,
        CocoOptions options,
        HardNegativeSetBuilder builder
    )
    {
        private const ulong PairStream = 0xC0C0,
            OppositeStream = 0xC0C1;
        private readonly ColorWords _colors = new(options.Colors);
        private readonly Dictionary<string, List<CocoPicture>> _showing = new(StringComparer.Ordinal);
        private string[] _categories = [];

        public void Make(CancellationToken cancellationToken)
        {
            foreach (CocoPicture picture in pictures.Values)
            {
                foreach ((string category, List<SceneBox> boxes) in picture.Boxes)
                {
                    if (!boxes.Any(box => picture.IsClear(box, options)))
                        continue;
                    if (!_showing.TryGetValue(category, out List<CocoPicture>? list))
                        _showing.Add(category, list = []);
                    list.Add(picture);
                }
            }

            _categories = [.. _showing.Keys.Order(StringComparer.Ordinal)];
            foreach ((long id, CocoPicture picture) in pictures)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var random = new SceneRandom(options.Seed, PairStream, (ulong)id);
                List<(string Category, SceneBox Box)> single = picture.Single(options);
                MakeSpatial(picture, Pairs(single, ref random));
                MakeAttributes(picture, Pairs(single, ref random));
                random = new SceneRandom(options.Seed, OppositeStream, (ulong)id);
                MakeNegation(picture, ref random);
            }
        }

        private void MakeSpatial(
            CocoPicture picture,
            List<((string Category, SceneBox Box) First, (string Category, SceneBox Box) Second)> pairs
        )
        {
            int made = 0;
            foreach (((string Category, SceneBox Box) first, (string Category, SceneBox Box) second) in pairs)
            {
                if (made == options.MaxPairs)
                    break;
                if (picture.Relation(first, second, options).Relation is not (>= 0 and var relation))
                    continue;
                builder.Add(
                    HardNegativeCaptions.Spatial,
                    HardNegativeCaptions.Related(At(picture), null, first.Category, relation, second.Category)
                );
                made++;
            }
        }

        private void MakeAttributes(
            CocoPicture picture,
            List<((string Category, SceneBox Box) First, (string Category, SceneBox Box) Second)> pairs
        )
        {
            if (picture.Captions.Count == 0)
                return;
            string[][] captions = [.. picture.Captions.Select(ColorWords.Words)];
            int made = 0;
            foreach (((string Category, SceneBox Box) first, (string Category, SceneBox Box) second) in pairs)
            {
                if (made == options.MaxPairs)
                    break;
                if (
                    _colors.Of(captions, first.Category) is not { } color1
                    || _colors.Of(captions, second.Category) is not { } color2
                    || color1 == color2
                )
                {
                    continue;
                }

                builder.Add(
                    HardNegativeCaptions.Attributes,
                    HardNegativeCaptions.WithAttributes(At(picture), null, color1, first.Category, color2, second.Category)
                );
                made++;
            }
        }

        private void MakeNegation(CocoPicture picture, ref SceneRandom random)
        {
            string[] shown = [.. picture.Boxes.Keys.Where(category => picture.Boxes[category].Any(box => picture.IsClear(box, options)))];
            if (shown.Length == 0 || _categories.Length < 2)
                return;
            for (int attempt = 0; attempt < OppositeAttempts; attempt++)
            {
                string here = shown[random.NextInt(shown.Length)],
                    there = _categories[random.NextInt(_categories.Length)];
                if (!Lacks(picture, there))
                    continue;
                CocoPicture opposite = _showing[there][random.NextInt(_showing[there].Count)];
                if (!Lacks(opposite, here))
                    continue;
                builder.Add(
                    HardNegativeCaptions.Negation,
                    HardNegativeCaptions.Negated(ref random, At(picture), At(opposite), here, there)
                );
                return;
            }
        }

        private static bool Lacks(CocoPicture picture, string category) =>
            !picture.Shows(category) && !ColorWords.Mentions([.. picture.Captions.Select(ColorWords.Words)], category);

        /// <summary>All pairs in random order, either of the two first.</summary>
        private static List<((string Category, SceneBox Box) First, (string Category, SceneBox Box) Second)> Pairs(
            List<(string Category, SceneBox Box)> single,
            ref SceneRandom random
        )
        {
            var pairs = new List<((string, SceneBox), (string, SceneBox))>();
            for (int i = 0; i < single.Count; i++)
            {
                for (int j = i + 1; j < single.Count; j++)
                    pairs.Insert(random.NextInt(pairs.Count + 1), random.NextBool() ? (single[i], single[j]) : (single[j], single[i]));
            }

            return pairs;
        }

        private (string Name, string Path) At(CocoPicture picture) => (picture.Name, images.Locate(picture.Name, picture.Place)!);
    }
}
