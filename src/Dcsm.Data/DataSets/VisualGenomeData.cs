using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Benchmarks;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.Data.Scenes;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.DataSets;

/// <summary>
/// Makes training data of Visual Genome's <c>attributes.json</c> and <c>relationships.json</c> (either may be missing) and pictures
/// <c>VG_100K/1.jpg</c>, <c>VG_100K_2/1.jpg</c>. There are no opposite pictures, and no negations: what is not annotated may still be
/// there.
/// </summary>
/// <remarks>
/// Objects are named only where the file has exactly one of that name in the picture. Of relations, "above", "below", "left of" and
/// "right of" in their several wordings are taken, where the boxes bear them out.
/// </remarks>
public static class VisualGenomeData
{
    private const string AttributesName = "attributes.json",
        RelationsName = "relationships.json";
    private const ulong AttributeStream = 0x56A0,
        RelationStream = 0x56A1;

    // Indices into the relations of captions.
    private static readonly Dictionary<string, int> Predicates = new(StringComparer.Ordinal)
    {
        ["above"] = 0,
        ["is above"] = 0,
        ["below"] = 1,
        ["is below"] = 1,
        ["beneath"] = 1,
        ["underneath"] = 1,
        ["left of"] = 2,
        ["to left of"] = 2,
        ["to the left of"] = 2,
        ["on the left of"] = 2,
        ["on left of"] = 2,
        ["on the left side of"] = 2,
        ["right of"] = 3,
        ["to right of"] = 3,
        ["to the right of"] = 3,
        ["on the right of"] = 3,
        ["on right of"] = 3,
        ["on the right side of"] = 3,
    };

    /// <summary>Reads a folder of Visual Genome.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="options">What to take.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">Both files, or a picture, are missing.</exception>
    /// <exception cref="InvalidDataException">A file is wrong, or there is nothing to train on.</exception>
    public static HardNegativeSet Read(string directory, VisualGenomeOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new VisualGenomeOptions();
        (string? relations, string? attributes, ImageLocator images, HardNegativeSetBuilder builder) = Open(directory, options);
        if (relations is not null)
            ReadRelations(relations, images, options, builder, cancellationToken);
        if (attributes is not null)
            ReadAttributes(attributes, images, options, builder, cancellationToken);
        return builder.Build(HardNegativeCaptions.Spatial, HardNegativeCaptions.Attributes);
    }

    /// <summary>
    /// Reads a folder of Visual Genome as true and false statements: colors, relations, and both in one. A tenth of the pictures is
    /// held out.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="options">What to take.</param>
    /// <param name="splitSeed">Another seed holds other pictures out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">Both files, or a picture, are missing.</exception>
    /// <exception cref="InvalidDataException">A file is wrong, or there is nothing to train on.</exception>
    public static LabeledSet ReadStatements(
        string directory,
        VisualGenomeOptions? options = null,
        ulong splitSeed = 0,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new VisualGenomeOptions();
        (string? relations, string? attributes, ImageLocator images, HardNegativeSetBuilder builder) = Open(directory, options);
        var facts = new VisualGenomeFacts(options);
        if (relations is not null)
        {
            ReadItems(
                relations,
                builder,
                (id, item) =>
                {
                    (string name, string file) = Picture(id, item, images);
                    IReadOnlyList<JsonField> list = item.Field("relationships").List();
                    foreach (JsonField end in list.SelectMany(relation => new[] { relation.Field("subject"), relation.Field("object") }))
                        facts.AddObject(name, file, NameOf(end), end.Field("object_id").Key(), [], Box(end));
                    foreach ((string first, int relation, string second) in Relations(list, options, builder))
                        facts.AddRelation(name, first, relation, second);
                },
                cancellationToken
            );
        }

        if (attributes is not null)
        {
            ReadItems(
                attributes,
                builder,
                (id, item) =>
                {
                    (string name, string file) = Picture(id, item, images);
                    foreach (JsonField thing in item.Field("attributes").List())
                    {
                        SceneBox? box = thing.Has("x") ? Box(thing) : null;
                        facts.AddObject(name, file, NameOf(thing), thing.Field("object_id").Key(), Attributes(thing, options), box);
                    }
                },
                cancellationToken
            );
        }

        (PictureFacts[] pictures, FactWords words) = facts.Build();
        return LabeledSet.Create(
            "vg",
            pictures,
            picture => picture.Name,
            splitSeed,
            part => new FactStatements(part, words, options.Seed, cancellationToken),
            builder
        );
    }

    private static (string? Relations, string? Attributes, ImageLocator Images, HardNegativeSetBuilder Builder) Open(
        string directory,
        VisualGenomeOptions options
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        directory = Path.TrimEndingDirectorySeparator(directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"{directory}: there is no such folder; it should hold {AttributesName} or {RelationsName}"
            );
        }

        string attributes = Path.Combine(directory, AttributesName),
            relations = Path.Combine(directory, RelationsName);
        if (!File.Exists(attributes) && !File.Exists(relations))
            throw new FileNotFoundException($"{attributes}: there is no such file, nor {RelationsName} beside it", attributes);

        var builder = new HardNegativeSetBuilder("vg", directory);
        var images = new ImageLocator(new BenchmarkOptions(directory) { Images = options.Images }, [directory])
        {
            Folders = ["VG_100K", "VG_100K_2", "images", "images/VG_100K", "images/VG_100K_2", ""],
        };
        return (File.Exists(relations) ? relations : null, File.Exists(attributes) ? attributes : null, images, builder);
    }

    /// <summary>Reads the items of a file, each picture once.</summary>
    private static void ReadItems(
        string path,
        HardNegativeSetBuilder builder,
        Action<long, JsonField> read,
        CancellationToken cancellationToken
    )
    {
        var seen = new HashSet<long>();
        int twice = 0;
        JsonItems.Read(
            Utf8File.Read(path),
            path,
            item =>
            {
                long id = Id(item);
                if (seen.Add(id))
                    read(id, item);
                else
                    twice++;
            },
            cancellationToken
        );
        builder.Remark(twice, $"items of {Path.GetFileName(path)} are of a picture that it has already, and are left out");
    }

    private static void ReadAttributes(
        string path,
        ImageLocator images,
        VisualGenomeOptions options,
        HardNegativeSetBuilder builder,
        CancellationToken cancellationToken
    )
    {
        ReadItems(
            path,
            builder,
            (id, item) =>
            {
                (string Name, string Attribute)[] single = [.. SingleObjects(item, options).OrderBy(o => o.Name, StringComparer.Ordinal)];
                var random = new SceneRandom(options.Seed, AttributeStream, (ulong)id);
                var pairs = new List<((string Name, string Attribute) First, (string Name, string Attribute) Second)>();
                for (int i = 0; i < single.Length; i++)
                {
                    for (int j = i + 1; j < single.Length; j++)
                    {
                        if (single[i].Attribute != single[j].Attribute)
                        {
                            pairs.Insert(
                                random.NextInt(pairs.Count + 1),
                                random.NextBool() ? (single[i], single[j]) : (single[j], single[i])
                            );
                        }
                    }
                }

                foreach (((string Name, string Attribute) first, (string Name, string Attribute) second) in pairs.Take(options.MaxPairs))
                {
                    builder.Add(
                        HardNegativeCaptions.Attributes,
                        HardNegativeCaptions.WithAttributes(
                            Picture(id, item, images),
                            null,
                            first.Attribute,
                            first.Name,
                            second.Attribute,
                            second.Name
                        )
                    );
                }
            },
            cancellationToken
        );
    }

    /// <summary>Objects of a picture whose name is that of no other, and that have one attribute.</summary>
    private static IEnumerable<(string Name, string Attribute)> SingleObjects(JsonField item, VisualGenomeOptions options)
    {
        var objects = new Dictionary<string, (HashSet<string> Ids, HashSet<string> Attributes)>(StringComparer.Ordinal);
        foreach (JsonField thing in item.Field("attributes").List())
        {
            if (NameOf(thing) is not { } name)
                continue;
            if (!objects.TryGetValue(name, out (HashSet<string> Ids, HashSet<string> Attributes) known))
                objects.Add(name, known = (new(StringComparer.Ordinal), new(StringComparer.Ordinal)));
            known.Ids.Add(thing.Field("object_id").Key());
            known.Attributes.UnionWith(Attributes(thing, options));
        }

        return objects
            .Where(o => o.Value.Ids.Count == 1 && o.Value.Attributes.Count == 1)
            .Select(o => (o.Key, o.Value.Attributes.Single()));
    }

    private static IEnumerable<string> Attributes(JsonField thing, VisualGenomeOptions options) =>
        thing.Optional("attributes") is { Kind: JsonValueKind.Array } given
            ? given
                .List()
                .Select(attribute => Plain(attribute.Element))
                .Where(options.Attributes.Contains)
                .Select(color => color == "grey" ? "gray" : color)
            : [];

    private static void ReadRelations(
        string path,
        ImageLocator images,
        VisualGenomeOptions options,
        HardNegativeSetBuilder builder,
        CancellationToken cancellationToken
    )
    {
        ReadItems(
            path,
            builder,
            (id, item) =>
            {
                var random = new SceneRandom(options.Seed, RelationStream, (ulong)id);
                var found = new List<(string First, int Relation, string Second)>();
                foreach ((string first, int index, string second) in Relations(item.Field("relationships").List(), options, builder))
                    found.Insert(random.NextInt(found.Count + 1), random.NextBool() ? (first, index, second) : (second, index ^ 1, first));
                foreach ((string first, int relation, string second) in found.Take(options.MaxPairs))
                {
                    builder.Add(
                        HardNegativeCaptions.Spatial,
                        HardNegativeCaptions.Related(Picture(id, item, images), null, first, relation, second)
                    );
                }
            },
            cancellationToken
        );
    }

    /// <summary>The relations of a picture that its boxes bear out, of each two objects one.</summary>
    private static List<(string First, int Relation, string Second)> Relations(
        IReadOnlyList<JsonField> relations,
        VisualGenomeOptions options,
        HardNegativeSetBuilder builder
    )
    {
        Dictionary<string, HashSet<string>> ids = ObjectIds(relations);
        var found = new List<(string First, int Relation, string Second)>();
        var pairs = new HashSet<(string, string)>();
        foreach (JsonField relation in relations)
        {
            if (!Predicates.TryGetValue(Plain(relation.Field("predicate").Element), out int index))
                continue;
            JsonField subject = relation.Field("subject"),
                target = relation.Field("object");
            if (
                NameOf(subject) is not { } first
                || NameOf(target) is not { } second
                || first == second
                || ids[first].Count != 1
                || ids[second].Count != 1
            )
            {
                continue;
            }

            if (!IsBorneOut(index, Box(subject), Box(target), options))
                builder.Count("relations are not borne out by their boxes, and are left out");
            else if (Box(subject).Overlap(Box(target)) > options.MaxOverlap)
                builder.Count("relations are of boxes one of which lies mostly within the other, and are left out");
            // The same two objects in one picture once, whichever is named first.
            else if (pairs.Add(string.CompareOrdinal(first, second) < 0 ? (first, second) : (second, first)))
                found.Add((first, index, second));
        }

        return found;
    }

    /// <summary>The objects of each name that relations are between.</summary>
    private static Dictionary<string, HashSet<string>> ObjectIds(IReadOnlyList<JsonField> relations)
    {
        var ids = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (JsonField end in relations.SelectMany(relation => new[] { relation.Field("subject"), relation.Field("object") }))
        {
            if (NameOf(end) is not { } name)
                continue;
            if (!ids.TryGetValue(name, out HashSet<string>? known))
                ids.Add(name, known = new(StringComparer.Ordinal));
            known.Add(end.Field("object_id").Key());
        }

        return ids;
    }

    private static bool IsBorneOut(int relation, SceneBox subject, SceneBox target, VisualGenomeOptions options)
    {
        double distance =
            relation < 2
                ? target.Top + (target.Height / 2) - subject.Top - (subject.Height / 2)
                : target.Left + (target.Width / 2) - subject.Left - (subject.Width / 2);
        double mean = relation < 2 ? (subject.Height + target.Height) / 2 : (subject.Width + target.Width) / 2;
        return (relation % 2 == 0 ? distance : -distance) >= options.MinDistance * mean && distance != 0;
    }

    private static (string Name, string Path) Picture(long id, JsonField item, ImageLocator images)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{id}.jpg");
        return (name, images.Locate(name, item.Place)!);
    }

    /// <summary>
    /// The name of an object: "name" in some versions and places of the files, the first of "names" in others; null where it is empty.
    /// </summary>
    private static string? NameOf(JsonField thing)
    {
        string name =
            thing.Has("name") ? Plain(thing.Field("name").Element)
            : thing.Field("names").List() is [var first, ..] ? Plain(first.Element)
            : "";
        return name.Length > 0 ? name : null;
    }

    private static string Plain(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()!.Trim().ToLowerInvariant() : "";

    private static SceneBox Box(JsonField thing) =>
        new(
            (float)thing.Field("x").Number(),
            (float)thing.Field("y").Number(),
            (float)thing.Field("w").Number(),
            (float)thing.Field("h").Number()
        );

    private static long Id(JsonField item) => (item.Has("image_id") ? item.Field("image_id") : item.Field("id")).Whole(long.MinValue);
}
