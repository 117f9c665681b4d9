using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Internals;

namespace Dcsm.Evaluation.Tests.Benchmarks;

/// <summary>Benchmarks made by hand, and just enough reading for the fixtures' annotation.</summary>
internal static class SmallBenchmarks
{
    public static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static ChoiceItem Item(string id, int options, int right = 0, string group = "", string? image = null, string? set = null) =>
        new(id, new BenchmarkImage(image ?? id, null, id), [.. Enumerable.Range(0, options).Select(i => $"{id} option {i}")], right) { Group = group, SetKey = set };

    public static ChoiceBenchmark Choices(string name, params IEnumerable<ChoiceItem> items) => new() { Name = name, AnnotationFiles = [], Items = [.. items] };

    /// <summary>One image a number, captions by the image that they describe.</summary>
    public static RetrievalBenchmark Retrieval(int images, params int[] captionImages) => new()
    {
        Name = "negbench-retrieval",
        AnnotationFiles = [],
        Images = [.. Enumerable.Range(0, images).Select(i => new BenchmarkImage($"{i}.png", null, $"{i}"))],
        Captions = [.. captionImages.Select((image, t) => new RetrievalCaption($"caption {t}", image))],
    };

    public static Benchmark Read(string name, BenchmarkOptions options)
    {
        string root = options.Root;
        return name switch
        {
            "clevrbind-train" or "clevrbind-val" or "clevrbind-gen" => Choices(name, Csv(Path.Combine(root, "two_object", name[10..] + ".csv"))
                .Select(row => Item(row["file_name"], [row["pos"], row["neg_0"], row["neg_1"], row["neg_2"], row["neg_3"]]))),
            "ncd-1" or "ncd-2" => Choices(name, Json(root, "scores.json").GetProperty("subset1").GetProperty("rows").EnumerateArray()
                .Select(row => Colours(row.GetProperty("item").GetString()!, name == "ncd-1"))),
            "whatsup-a" => WhatsUp(name, Json(root, "data", "controlled_images_dataset.json")),
            "whatsup-b" => WhatsUp(name, Json(root, "data", "controlled_clevr_dataset.json")),
            "coco-qa-1" => Questions(name, Json(root, "data", "coco_qa_one_obj.json")),
            "coco-qa-2" => Questions(name, Json(root, "data", "coco_qa_two_obj.json")),
            "vg-qa-1" => Questions(name, Json(root, "data", "vg_qa_one_obj.json")),
            "vg-qa-2" => Questions(name, Json(root, "data", "vg_qa_two_obj.json")),
            "vg-relation" => Choices(name, Json(root, "visual_genome_relation.json").EnumerateArray().Select((row, i) => Genome(row, i) with { Group = Text(row, "relation_name") })),
            "vg-attribution" => Choices(name, Json(root, "visual_genome_attribution.json").EnumerateArray()
                .Select((row, i) => Genome(row, i) with { Group = string.Join('_', row.GetProperty("attributes").EnumerateArray()) })),
            "coco-order" or "flickr-order" => Choices(name, Json(options.OrderOptions!).EnumerateArray()
                .Select((texts, i) => Item(i.ToString(CultureInfo.InvariantCulture), [.. texts.EnumerateArray().Select(text => text.GetString()!)]))),
            "negbench-coco" => NegBench(name, Path.Combine(root, "data", "images", "COCO_val_mcq_llama3.1_rephrased.csv")),
            "negbench-voc" => NegBench(name, Path.Combine(root, "data", "images", "VOC2007_mcq_llama3.1_rephrased.csv")),
            "negbench-synthetic" => NegBench(name, Path.Combine(root, "data", "images", "synthetic_mcq_llama3.1_rephrased.csv")),
            "negbench-retrieval" => Retrieval(name, Json(root, "scores.json").GetProperty("coco-retrieval")),
            "negbench-retrieval-negated" => Retrieval(name, Json(root, "scores.json").GetProperty("coco-negated-retrieval")),
            _ => throw new ArgumentException($"There is no reader of {name} here.", nameof(name)),
        };
    }

    private static ChoiceItem Item(string image, string[] texts, int right = 0) => new(image, new BenchmarkImage(image, null, image), texts, right);

    private static ChoiceItem Colours(string file, bool first)
    {
        string[] p = Path.GetFileNameWithoutExtension(file).Split('_');
        return first
            ? Item(file, [$"A picture of a {p[0]} {p[1]} and a {p[2]} {p[3]}", $"A picture of a {p[2]} {p[1]} and a {p[0]} {p[3]}"])
            : Item(file, [$"A picture of a {p[2]} {p[3]} and a {p[0]} {p[1]}", $"A picture of a {p[0]} {p[3]} and a {p[2]} {p[1]}"]);
    }

    private static ChoiceBenchmark WhatsUp(string name, JsonElement rows) => Choices(name, rows.EnumerateArray().Select(row =>
    {
        string path = Text(row, "image_path");
        string[] parts = Path.GetFileNameWithoutExtension(path).Split('_');
        return Item(path, [.. row.GetProperty("caption_options").EnumerateArray().Select(option => option.GetString()!)]) with { Group = parts[1], SetKey = $"{parts[0]} {parts[^1]}" };
    }));

    private static ChoiceBenchmark Questions(string name, JsonElement rows) => Choices(name, rows.EnumerateArray().Select(row =>
    {
        string right = row[1].GetString()!;
        string relation = ((string[])["left", "right", "above", "below", "front", "behind", "top", "bottom"]).First(word => right.Split(' ').Contains(word));
        return Item(row[0].ToString(), [right, row[2].GetString()!]) with { Group = relation };
    }));

    private static ChoiceItem Genome(JsonElement row, int place) =>
        Item(Text(row, "image_path"), [Text(row, "false_caption"), Text(row, "true_caption")], 1) with { Id = string.Create(CultureInfo.InvariantCulture, $"{Text(row, "image_path")}#{place}") };

    private static ChoiceBenchmark NegBench(string name, string path) => Choices(name, Csv(path).Select(row =>
        Item(row["image_path"], [row["caption_0"], row["caption_1"], row["caption_2"], row["caption_3"]], int.Parse(row["correct_answer"], CultureInfo.InvariantCulture))
            with { Group = row["correct_answer_template"] }));

    private static RetrievalBenchmark Retrieval(string name, JsonElement set) => new()
    {
        Name = name,
        AnnotationFiles = [],
        Images = [.. set.GetProperty("images").EnumerateArray().Select(image => new BenchmarkImage(image.GetString()!, null, ""))],
        Captions = [.. set.GetProperty("texts").EnumerateArray().Zip(set.GetProperty("text_image").EnumerateArray(), (text, image) => new RetrievalCaption(text.GetString()!, image.GetInt32()))],
    };

    private static IEnumerable<Dictionary<string, string>> Csv(string path)
    {
        string[] lines = File.ReadAllLines(path);
        string[] header = CsvText.Fields(lines[0]);
        return lines.Skip(1).Select(line => header.Zip(CsvText.Fields(line)).ToDictionary(pair => pair.First, pair => pair.Second));
    }

    private static JsonElement Json(params string[] parts)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(parts)));
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
