using Dcsm.Data.Benchmarks;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>Which benchmark the folders, keys and files of fixtures stand for.</summary>
internal static class FixtureSets
{
    private static readonly Dictionary<(string Folder, string Key), string> Names = new()
    {
        [("clevr_bind", "train")] = "clevrbind-train",
        [("clevr_bind", "val")] = "clevrbind-val",
        [("clevr_bind", "gen")] = "clevrbind-gen",
        [("ncd", "subset1")] = "ncd-1",
        [("ncd", "subset2")] = "ncd-2",
        [("whatsup", "Controlled_Images_A")] = "whatsup-a",
        [("whatsup", "Controlled_Images_B")] = "whatsup-b",
        [("whatsup", "COCO_QA_one_obj")] = "coco-qa-1",
        [("whatsup", "COCO_QA_two_obj")] = "coco-qa-2",
        [("whatsup", "VG_QA_one_obj")] = "vg-qa-1",
        [("whatsup", "VG_QA_two_obj")] = "vg-qa-2",
        [("aro", "VG_Relation")] = "vg-relation",
        [("aro", "VG_Attribution")] = "vg-attribution",
        [("aro", "COCO_Order")] = "coco-order",
        [("aro", "Flickr30k_Order")] = "flickr-order",
        [("negbench", "coco-mcq")] = "negbench-coco",
        [("negbench", "voc2007-mcq")] = "negbench-voc",
        [("negbench", "synthetic-mcq")] = "negbench-synthetic",
        [("negbench", "coco-retrieval")] = "negbench-retrieval",
        [("negbench", "coco-negated-retrieval")] = "negbench-retrieval-negated",
    };

    private static readonly (string Folder, string Start, string Name)[] Files =
    [
        ("two_object", "train", "clevrbind-train"),
        ("two_object", "val", "clevrbind-val"),
        ("two_object", "gen", "clevrbind-gen"),
        (".", "NCD_colorful_composite_squares", "ncd-1"),
        ("data", "controlled_images_dataset", "whatsup-a"),
        ("data", "controlled_clevr_dataset", "whatsup-b"),
        ("data", "coco_qa_one_obj", "coco-qa-1"),
        ("data", "coco_qa_two_obj", "coco-qa-2"),
        ("data", "vg_qa_one_obj", "vg-qa-1"),
        ("data", "vg_qa_two_obj", "vg-qa-2"),
        (".", "visual_genome_relation", "vg-relation"),
        (".", "visual_genome_attribution", "vg-attribution"),
        (".", "coco_karpathy", "coco-retrieval"),
        (".", "flickr30k_", "flickr-retrieval"),
        ("data/images", "COCO_val_mcq", "negbench-coco"),
        ("data/images", "VOC2007_mcq", "negbench-voc"),
        ("data/images", "synthetic_mcq", "negbench-synthetic"),
        ("data/images", "COCO_val_negated_retrieval", "negbench-retrieval-negated"),
        ("data/images", "COCO_val_retrieval", "negbench-retrieval"),
    ];

    // Newer folders call their sets as the catalog does.
    public static string? Name(string folder, string key) =>
        Names.GetValueOrDefault((folder, key)) ?? BenchmarkCatalog.All.FirstOrDefault(reader => reader.Name == key)?.Name;

    /// <summary>The benchmarks whose annotation a folder holds.</summary>
    public static IEnumerable<string> In(string directory) =>
        Files
            .Where(file =>
                Directory.Exists(Path.Combine(directory, file.Folder))
                && Directory
                    .EnumerateFileSystemEntries(Path.Combine(directory, file.Folder))
                    .Any(entry =>
                        Path.GetFileName(entry).StartsWith(file.Start, StringComparison.Ordinal)
                        && (file.Start[0] == 'N' || !Directory.Exists(entry))
                    )
            )
            .Select(file => file.Name);
}
