using Dcsm.Data.Benchmarks.Readers;
using Dcsm.Data.Benchmarks.Reading;

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
/// folder, or from <see cref="BenchmarkOptions.Images"/>. CSV has a header; JSON lines hold one object each. Columns or fields say what is
/// asked; <c>group</c> and <c>category</c>, of which figures are also given, may be missing.
/// </para>
/// <para>
/// The right caption among several: <c>image</c>, the options (CSV: <c>option_0</c>, <c>option_1</c> and as many more as wanted, the last
/// ones of a row left empty where it has fewer; JSON: the list <c>options</c>), <c>right</c> (the place of the right one from 0; 0 where it
/// is missing). Two pictures and two captions: <c>image_0</c>, <c>image_1</c>, <c>caption_0</c>, <c>caption_1</c>. True or false:
/// <c>image</c>, <c>caption</c>, <c>label</c> (true or false, 1 or 0), <c>part</c> ("dev" for those that a threshold is chosen on,
/// "test" or nothing for those that are judged).
/// </para>
/// <code>
/// image,option_0,option_1,right,group
/// mug.jpg,a mug on a table,a mug under a table,0,on
///
/// {"image_0": "mug.jpg", "image_1": "table.jpg", "caption_0": "a mug on a table", "caption_1": "a table on a mug"}
///
/// {"image": "mug.jpg", "caption": "The mug is on the table.", "label": true, "part": "test"}
/// </code>
/// </remarks>
public static class BenchmarkCatalog
{
    private const string ClevrBindSource = "https://github.com/marthaflinderslewis/clip-binding (its README links the data)";
    private const string AroSource = "https://github.com/mertyg/vision-language-models-are-bows";
    private const string WhatsUpSource = "https://github.com/amitakamath/whatsup_vlms";
    private const string NegBenchSource = "https://github.com/m1k2zoo/negbench (datasets.md)";
    private const string CocoVal = "val2017/ of COCO";
    private const string MitCode = "code MIT; that of annotations and pictures not stated";

    private const string ColaSource = "https://github.com/arijitray1993/COLA";
    private const string CrepeSource = "https://github.com/RAIVNLab/CREPE";

    private static readonly string[] CocoFolders = ["val2017", "data/coco/images/val2017", "images", ""];
    private static readonly string[] GenomeFolders = ["VG_100K", "VG_100K_2", "images", ""];

    private static readonly string[] SugarCrepeKinds =
    [
        "add_att",
        "add_obj",
        "replace_att",
        "replace_obj",
        "replace_rel",
        "swap_att",
        "swap_obj",
    ];

    private static readonly (string Name, string Phenomenon)[] ValseFiles =
    [
        ("existence", "existence"),
        ("plurals", "plurality"),
        ("counting-hard", "counting"),
        ("counting-small-quant", "counting"),
        ("counting-adversarial", "counting"),
        ("relations", "relations"),
        ("action-replacement", "actions"),
        ("actant-swap", "actions"),
        ("coreference-standard", "coreference"),
        ("coreference-hard", "coreference"),
        ("foil-it", "foil-it"),
    ];

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
        new SugarCrepeReader
        {
            Name = "sugarcrepe",
            Title = "SugarCrepe: a caption and one with an object, attribute or relation replaced, swapped or added",
            Parts = [.. SugarCrepeKinds.Select(kind => SugarCrepePart(kind))],
            Pictures = CocoFolders,
            Files = $"data/{{{string.Join(",", SugarCrepeKinds)}}}.json, {CocoVal}",
            Source = "https://github.com/RAIVNLab/sugar-crepe",
            License = "MIT; that of the pictures each its own",
            Chance = "50 %",
        },
        new SugarCrepePlusReader
        {
            Name = "sugarcrepe-pp",
            Title = "SugarCrepe++: two captions of one meaning, both above a changed one",
            Parts = [.. SugarCrepeKinds.Where(kind => kind[0] != 'a').Select(kind => SugarCrepePart(kind))],
            Pictures = CocoFolders,
            Files = $"data/{{{string.Join(",", SugarCrepeKinds.Where(kind => kind[0] != 'a'))}}}.json, {CocoVal}",
            Source = "https://github.com/Sri-Harsha/scpp",
            License = "CC BY 4.0 (README), MIT (LICENSE); that of the pictures each its own",
            Chance = "33.3 %; one caption 50 %",
        },
        new SugarCrepePlusReader
        {
            Name = "sugarcrepe-pp-text",
            Title = "SugarCrepe++ by its captions alone: two of one meaning nearer to each other than to a changed one",
            Parts = [.. SugarCrepeKinds.Where(kind => kind[0] != 'a').Select(kind => SugarCrepePart(kind))],
            IsTextOnly = true,
            Files = $"data/{{{string.Join(",", SugarCrepeKinds.Where(kind => kind[0] != 'a'))}}}.json",
            Source = "https://github.com/Sri-Harsha/scpp",
            License = "CC BY 4.0 (README), MIT (LICENSE)",
            Chance = "33.3 %",
        },
        new WinogroundReader
        {
            Name = "winoground",
            Title = "Winoground: two pictures, two captions of the same words",
            Annotations = ["examples.jsonl", "data/examples.jsonl", "winoground/examples.jsonl"],
            Files = "examples.jsonl, images/ (images.zip unpacked)",
            Source = "https://huggingface.co/datasets/facebook/winoground",
            License = "for research alone, by an agreement of its own",
            Chance = "text 25 %, image 25 %, group 16.7 %",
        },
        new ValseReader
        {
            Name = "valse",
            Title = "VALSE: a caption and a foil of one linguistic phenomenon",
            Parts =
            [
                .. ValseFiles.Select(file => new AnnotationPart(
                    file.Name,
                    file.Phenomenon,
                    [$"data/{file.Name}.json", $"{file.Name}.json"]
                )),
            ],
            Files = $"data/{{{string.Join(",", ValseFiles.Select(file => file.Name))}}}.json; pictures of Visual7W, COCO, SWiG, VisDial",
            Source = "https://github.com/Heidelberg-NLP/VALSE",
            License = "MIT; that of the pictures each its own",
            Chance = "50 %",
        },
        new VlCheckListReader
        {
            Name = "vl-checklist",
            Title = "VL-CheckList: objects, attributes and relations, each with a wrong one in its place",
            Files = "data/Object/, data/Attribute/, data/Relation/ (or one file of them); pictures in vg/, hake/, swig/",
            Source = "https://github.com/om-ai-lab/VL-CheckList",
            Chance = "50 %",
        },
        Vsr("vsr-random", "VSR, random split: is a statement about two things true?", "random"),
        Vsr("vsr-zeroshot", "VSR, zero-shot split: the same of things that training and dev do not have", "zeroshot"),
        new ColaPairsReader
        {
            Name = "cola-pairs",
            Title = "COLA, several objects: two pictures, two captions that exchange attributes",
            Annotations = InData("COLA_multiobjects_matching_benchmark.json"),
            Files = "data/COLA_multiobjects_matching_benchmark.json; pictures of Visual Genome, by their numbers",
            Source = ColaSource,
            License = MitCode,
            Chance = "image 25 %, text 25 %, group 16.7 %",
        },
        ColaLabels("GQA", "Visual Genome"),
        ColaLabels("CLEVR", "CLEVR"),
        ColaLabels("PACO", "PACO"),
        new CrepeReader
        {
            Name = "crepe-productivity",
            Title = "CREPE, productivity: a caption of 4 to 12 parts among ones with an atom, two places or a negation changed",
            Parts =
            [
                .. from kind in (string[])["atom", "negate", "swap"]
                from parts in Enumerable.Range(4, 9)
                select CrepePart(
                    FormattableString.Invariant($"{kind}, {parts} parts"),
                    kind,
                    $"prod_hard_negatives/{kind}",
                    FormattableString.Invariant($"prod_vg_hard_negs_{kind}_complexity_{parts}.csv")
                ),
            ],
            Negatives = [("hard_negs", "")],
            Pictures = GenomeFolders,
            Files = "prod_hard_negatives/{atom,negate,swap}/prod_vg_hard_negs_KIND_complexity_{4,…,12}.csv, VG_100K/, VG_100K_2/",
            Source = CrepeSource,
            Chance = "1 / options",
        },
        CrepeSystematicity("cc12m", "CC-12M"),
        CrepeSystematicity("yfcc", "YFCC-15M"),
        CrepeSystematicity("laion", "LAION-400M"),
        Own(isCsv: true),
        Own(isCsv: false),
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

    private static AnnotationPart SugarCrepePart(string kind) => new(kind, kind.Split('_')[0], [$"data/{kind}.json", $"{kind}.json"]);

    private static VsrReader Vsr(string name, string title, string split) =>
        new()
        {
            Name = name,
            Title = title,
            Parts =
            [
                .. ((string[])[VsrReader.Dev, VsrReader.Test]).Select(part => new AnnotationPart(
                    part,
                    "",
                    [
                        $"data/splits/{split}/{part}.jsonl",
                        $"splits/{split}/{part}.jsonl",
                        $"{split}/{part}.jsonl",
                        $"vsr_{split}/{part}.jsonl",
                    ]
                )),
            ],
            Pictures = ["images", "trainval2017", "train2017", "val2017", ""],
            Files = $"data/splits/{split}/dev.jsonl (a threshold is chosen on it) and test.jsonl, train2017/ and val2017/ of COCO",
            Source = "https://github.com/cambridgeltl/visual-spatial-reasoning",
            License = "Apache 2.0; that of the pictures each its own",
            Chance = "AUROC 50 %",
        };

    private static ColaLabelsReader ColaLabels(string data, string pictures) =>
        new()
        {
            Name = $"cola-{data.ToLowerInvariant()}",
            Title = $"COLA, single objects of {data}: the pictures that show an object with its attributes come first",
            Annotations = InData($"COLA_singleobjects_benchmark_{data}.json"),
            Files = $"data/COLA_singleobjects_benchmark_{data}.json; pictures of {pictures}",
            Source = ColaSource,
            License = MitCode,
            Chance = "average precision: the share of pictures that show it",
        };

    private static CrepeReader CrepeSystematicity(string data, string words) =>
        new()
        {
            Name = $"crepe-systematicity-{data}",
            Title =
                $"CREPE, systematicity: a caption whose compounds are, or are not, in {words}, among ones with an atom or compound changed",
            Parts =
            [
                .. ((string[])["seen", "unseen"]).Select(kind =>
                    CrepePart(kind, kind, "syst_hard_negatives", $"syst_vg_hard_negs_{kind}_compounds_in_{data}.csv")
                ),
            ],
            Negatives = [.. ((string[])["atom", "comp", "combined"]).Select(kind => ($"valid_hard_negs_{kind}", kind))],
            Pictures = GenomeFolders,
            Files = $"syst_hard_negatives/syst_vg_hard_negs_{{seen,unseen}}_compounds_in_{data}.csv, VG_100K/, VG_100K_2/",
            Source = CrepeSource,
            Chance = "1 / options",
        };

    private static AnnotationPart CrepePart(string group, string category, string folder, string file) =>
        new(group, category, [$"data/{folder}/{file}", $"{folder}/{file}", $"{folder.Split('/')[^1]}/{file}", file]);

    private static OwnReader Own(bool isCsv) =>
        new()
        {
            Name = isCsv ? "csv" : "jsonl",
            IsCsv = isCsv,
            Title =
                (isCsv ? "a CSV file of your own" : "a file of JSON lines of your own")
                + ": a picture and captions, two pictures with two captions, or a statement that is true or false",
            Files =
                $"the file itself, with the {(isCsv ? "columns" : "fields")} image, {(isCsv ? "option_0, option_1, …" : "options")}, and "
                + "right where wanted; or image_0, image_1, caption_0, caption_1; or image, caption, label, and part where wanted; in all "
                + "of them group and category where wanted; pictures are named from its folder",
            Source = "yours",
            Chance = "1 / options; text 25 %, image 25 %, group 16.7 %; AUROC 50 %",
        };

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

    private static IReadOnlyList<string> InData(string file) => [$"data/{file}", file];

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
