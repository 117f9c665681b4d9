using Dcsm.Data.Benchmarks.Readers;

namespace Dcsm.Data.Benchmarks;

/// <summary>All benchmarks that can be read, by name.</summary>
/// <remarks>
/// <para>
/// Options stand in the order of the published evaluation: the right one first, but second in "vg-attribution" and "vg-relation"
/// ([false, true], as in ARO), and anywhere in "negbench-synthetic". The distractors of "clevrbind-rel-*" are made
/// while reading, the same in every run: after a R b come b R a, a (opposite of R) b, c R b, a R c.
/// </para>
/// <para>
/// A file of one's own is "csv" or "jsonl"; its <see cref="BenchmarkOptions.Root"/> is the file itself. Pictures are named from its
/// folder, or from <see cref="BenchmarkOptions.Images"/>.
/// CSV has a header and the columns <c>image</c>, <c>option_0</c>, <c>option_1</c> and as many more as wanted (rows with fewer leave
/// the last ones empty), <c>right</c> (the place of the right option from 0; 0 where the column is not there or empty) and <c>group</c>
/// (may be missing). JSON lines hold one object each with the fields <c>image</c>, <c>options</c> (a list of texts), <c>right</c> and
/// <c>group</c> (both may be missing):
/// </para>
/// <code>
/// image,option_0,option_1,right,group
/// mug.jpg,a mug on a table,a mug under a table,0,on
///
/// {"image": "mug.jpg", "options": ["a mug on a table", "a mug under a table"], "right": 0, "group": "on"}
/// </code>
/// </remarks>
public static class BenchmarkCatalog
{
    private const string ClevrBindSource = "https://github.com/marthaflinderslewis/clip-binding (its README links the data)";
    private const string AroSource = "https://github.com/mertyg/vision-language-models-are-bows";
    private const string WhatsUpSource = "https://github.com/amitakamath/whatsup_vlms";
    private const string NegBenchSource = "https://github.com/m1k2zoo/negbench (datasets.md)";
    private const string MitCode = "code MIT; that of annotations and pictures not stated";

    /// <summary>The readers, benchmarks that belong together beside each other.</summary>
    public static IReadOnlyList<IBenchmarkReader> All { get; } =
    [
        ClevrBind("clevrbind-train", "two_object", "train", "images/train"),
        ClevrBind("clevrbind-val", "two_object", "val", "images/val"),
        ClevrBind("clevrbind-gen", "two_object", "gen", "images/gen"),
        ClevrBind("clevrbind-single-train", "single_object", "train", "images"),
        ClevrBind("clevrbind-single-val", "single_object", "val", "images"),
        ClevrBind("clevrbind-single-test", "single_object", "test", "images"),
        ClevrBindRelation("train"),
        ClevrBindRelation("val"),
        ClevrBindRelation("gen"),
        NaturalColors("ncd-1", "NCD subset 1: which object has which natural color", secondFirst: false),
        NaturalColors("ncd-2", "NCD subset 2: the pictures of subset 1, the second object named first", secondFirst: true),
        VisualGenome(
            "vg-attribution",
            "ARO VG-attribution: which object has which attribute",
            "visual_genome_attribution.json",
            byAttributes: true
        ),
        VisualGenome(
            "vg-relation",
            "ARO VG-relation: which object is subject of a relation",
            "visual_genome_relation.json",
            byAttributes: false
        ),
        Order("coco-order", "ARO COCO-order: a caption among four shuffled ones", "coco_karpathy_test.json", "val2014/"),
        Order("flickr-order", "ARO Flickr30k-order: a caption among four shuffled ones", "flickr30k_test.json", "flickr30k-images/"),
        WhatsUp(
            "whatsup-a",
            "WhatsUp A: on, under, left of, right of",
            "controlled_images_dataset.json",
            "data/controlled_images/",
            ["on", "under", "left", "right"]
        ),
        WhatsUp(
            "whatsup-b",
            "WhatsUp B: in front of, behind, left of, right of",
            "controlled_clevr_dataset.json",
            "data/controlled_clevr/",
            ["in-front", "behind", "left", "right"]
        ),
        SpatialQuestion("coco-qa-1", "COCO-QA, one object: where in the picture it is", "coco_qa_one_obj", coco: true, twoObjects: false),
        SpatialQuestion(
            "coco-qa-2",
            "COCO-QA, two objects: where the one is from the other",
            "coco_qa_two_obj",
            coco: true,
            twoObjects: true
        ),
        SpatialQuestion("vg-qa-1", "VG-QA, one object: where in the picture it is", "vg_qa_one_obj", coco: false, twoObjects: false),
        SpatialQuestion("vg-qa-2", "VG-QA, two objects: where the one is from the other", "vg_qa_two_obj", coco: false, twoObjects: true),
        NegBenchChoice(
            "negbench-coco",
            "NegBench multiple choice on COCO: affirmed, negated, both",
            "COCO_val_mcq",
            "data/coco/images/val2017/",
            ["hybrid", "positive", "negative"]
        ),
        NegBenchChoice(
            "negbench-voc",
            "NegBench multiple choice on VOC2007: affirmed, negated, both",
            "VOC2007_mcq",
            "data/VOCdevkit/VOC2007/JPEGImages/ of the test split",
            ["hybrid", "positive", "negative"]
        ),
        NegBenchChoice(
            "negbench-synthetic",
            "NegBench multiple choice on made pictures",
            "synthetic_mcq",
            "its pictures, which were never published",
            ["positive", "hybrid", "hybrid", "negative"]
        ),
        NegBenchRetrieval(
            "negbench-retrieval",
            "NegBench COCO retrieval with plain captions",
            "COCO_val_retrieval.csv",
            "data/coco/images/val2017/"
        ),
        NegBenchRetrieval(
            "negbench-retrieval-negated",
            "NegBench COCO retrieval with captions that also say what is not there",
            "COCO_val_negated_retrieval_llama3.1_rephrased_affneg_true.csv",
            "data/coco/images/val2017/"
        ),
        NegBenchRetrieval(
            "negbench-retrieval-synthetic-1",
            "NegBench retrieval on made pictures, version 1",
            "synthetic_retrieval_v1.csv",
            "its pictures, which were never published"
        ),
        NegBenchRetrieval(
            "negbench-retrieval-synthetic-2",
            "NegBench retrieval on made pictures, version 2",
            "synthetic_retrieval_v2.csv",
            "its pictures, which were never published"
        ),
        Retrieval(
            "coco-retrieval",
            "COCO captions, found both ways",
            [
                "coco_karpathy_test.json",
                "dataset_coco.json",
                "captions_val2014.json",
                "annotations/captions_val2014.json",
                "captions_val2017.json",
                "annotations/captions_val2017.json",
            ],
            ["val2014", "val2017"]
        ),
        Retrieval(
            "flickr-retrieval",
            "Flickr30k captions, found both ways",
            ["flickr30k_test.json", "dataset_flickr30k.json"],
            ["flickr30k-images", "flickr30k_images"]
        ),
        new OwnCsvReader
        {
            Name = "csv",
            Title = "a CSV file of your own: a picture, captions, the right one",
            Annotations = [],
            Files =
                "the file itself, with the columns image, option_0, option_1, …, and right and group where wanted; pictures are "
                + "named from its folder",
            Source = "yours",
            Chance = "1 / options",
        },
        new OwnJsonLinesReader
        {
            Name = "jsonl",
            Title = "a file of JSON lines of your own: a picture, captions, the right one",
            Annotations = [],
            Files =
                "the file itself, lines with the fields image, options, and right and group where wanted; pictures are named "
                + "from its folder",
            Source = "yours",
            Chance = "1 / options",
        },
    ];

    /// <summary>A reader by its name.</summary>
    /// <param name="name">Such as "whatsup-a"; case does not matter.</param>
    /// <exception cref="ArgumentException">There is none; the message lists names that are near.</exception>
    public static IBenchmarkReader Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (All.FirstOrDefault(reader => string.Equals(reader.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found)
            return found;
        string wanted = name.ToLowerInvariant();
        string[] near =
        [
            .. All.Select(reader => reader.Name)
                .Where(known =>
                    (
                        wanted.Length > 2
                        && (known.Contains(wanted, StringComparison.Ordinal) || wanted.Contains(known, StringComparison.Ordinal))
                    )
                    || Distance(known, wanted) <= Math.Max(2, known.Length / 3)
                )
                .OrderBy(known => Distance(known, wanted)),
        ];
        string names = string.Join(", ", near.Length > 0 ? near : All.Select(reader => reader.Name));
        throw new ArgumentException($"there is no benchmark '{name}'; {(near.Length > 0 ? "near it are" : "there are")} {names}");
    }

    private static ClevrBindReader ClevrBind(string name, string folder, string split, string pictures) =>
        new()
        {
            Name = name,
            Title =
                $"CLEVRbind, {(folder == "two_object" ? "two objects" : "one object")}, {split}: which attribute belongs to which shape",
            Annotations = UnderRoots($"{folder}/{split}.csv"),
            Pictures = $"{folder}/{pictures}",
            Files = $"{folder}/{split}.csv, {folder}/{pictures}/",
            Source = ClevrBindSource,
            Chance = "20 %",
        };

    private static ClevrBindRelationReader ClevrBindRelation(string split) =>
        new()
        {
            Name = $"clevrbind-rel-{split}",
            Title = $"CLEVRbind, relations, {split}: front, behind, left, right",
            Annotations = UnderRoots($"rel/{split}.json"),
            Pictures = $"rel/images/{split}",
            Files = $"rel/{split}.json, rel/images/{split}/",
            Source = ClevrBindSource,
            Chance = "20 %",
        };

    private static NaturalColorsReader NaturalColors(string name, string title, bool secondFirst) =>
        new()
        {
            Name = name,
            Title = title,
            Annotations = [],
            SecondFirst = secondFirst,
            Files = "NCD_colorful_composite_squares/ with pictures named color_object_color_object.png",
            Source = "https://github.com/Raphoo/DCSM_Ideal_CLIP (its README links the composite NCD dataset)",
            Chance = "50 %",
        };

    private static VisualGenomeReader VisualGenome(string name, string title, string file, bool byAttributes) =>
        new()
        {
            Name = name,
            Title = title,
            Annotations = [file, $"data/{file}"],
            ByAttributes = byAttributes,
            Files = $"{file}, images/ (or VG_100K/)",
            Source = AroSource,
            License = MitCode,
            Chance = "50 %",
        };

    private static CaptionOrderReader Order(string name, string title, string file, string pictures) =>
        new()
        {
            Name = name,
            Title = title,
            Annotations = [file, $"data/{file}"],
            Files = $"{file}, {pictures}, and a file of ready-made options, since the authors' code makes them at random",
            Source = AroSource,
            License = MitCode,
            Chance = "20 %",
        };

    private static WhatsUpReader WhatsUp(string name, string title, string file, string pictures, IReadOnlyList<string> relations) =>
        new()
        {
            Name = name,
            Title = title,
            Annotations = [$"data/{file}", file],
            Relations = relations,
            Files = $"data/{file}, {pictures}",
            Source = WhatsUpSource,
            License = MitCode,
            Chance = "25 %; pairs 6.25 %, sets 0.39 %",
        };

    private static SpatialQuestionReader SpatialQuestion(string name, string title, string file, bool coco, bool twoObjects) =>
        new()
        {
            Name = name,
            Title = title,
            Annotations = [$"data/{file}.json", $"{file}.json", $"data/{file}_v2.json", $"{file}_v2.json"],
            Coco = coco,
            TwoObjects = twoObjects,
            Pictures = coco ? "val2017" : "vg_images",
            Files = $"data/{file}.json, data/{(coco ? "val2017" : "vg_images")}/",
            Source = WhatsUpSource,
            License = MitCode,
            Chance = "50 %",
        };

    private static NegBenchChoiceReader NegBenchChoice(
        string name,
        string title,
        string file,
        string pictures,
        IReadOnlyList<string> placeTypes
    ) =>
        new()
        {
            Name = name,
            Title = title,
            Annotations = InNegBench($"{file}_llama3.1_rephrased.csv"),
            PlaceTypes = placeTypes,
            Files = $"data/images/{file}_llama3.1_rephrased.csv, {pictures}",
            Source = NegBenchSource,
            Chance = "25 %",
        };

    private static NegBenchRetrievalReader NegBenchRetrieval(string name, string title, string file, string pictures) =>
        new()
        {
            Name = name,
            Title = title,
            Annotations = InNegBench(file),
            Files = $"data/images/{file}, {pictures}",
            Source = NegBenchSource,
            Chance = "R@k: k / pictures",
        };

    private static CaptionRetrievalReader Retrieval(
        string name,
        string title,
        IReadOnlyList<string> files,
        IReadOnlyList<string> pictures
    ) =>
        new()
        {
            Name = name,
            Title = title,
            Annotations = files,
            Pictures = pictures,
            Files = $"{string.Join(" or ", files)}; {pictures[0]}/",
            Source = $"{AroSource}, Karpathy's splits, or the makers of the pictures",
            Chance = "R@k: k / pictures",
        };

    /// <summary>The root itself, and where the official repositories keep the folder.</summary>
    private static IReadOnlyList<string> UnderRoots(string file) => [file, $"clevr_bind/{file}", $"data/datasets/{file}"];

    private static IReadOnlyList<string> InNegBench(string file) =>
        [$"data/images/{file}", $"images/{file}", file, $"NegBench/evaluation data/images/{file}"];

    /// <summary>How many letters must be changed, added or taken away to make one word of another.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 0; i < a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
            {
                int substituted = diagonal + (a[i] == b[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(substituted, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
