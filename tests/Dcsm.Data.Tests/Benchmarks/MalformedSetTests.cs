using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

/// <summary>Each malformed set gives one error that names the file, the place in it, and what would be right.</summary>
public sealed class MalformedSetTests
{
    private const string Clevr = "two_object/val.csv";
    private const string WhatsUp = "controlled_images_dataset.json";
    private const string CocoQa = "coco_qa_one_obj.json";
    private const string Attribution = "visual_genome_attribution.json";
    private const string Choice = "COCO_val_mcq_llama3.1_rephrased.csv";
    private const string Retrieval = "COCO_val_retrieval.csv";

    public static TheoryData<string, string, string[]> Sets =>
        new()
        {
            {
                "clevr_missing_image",
                "clevrbind-val",
                [Clevr, "line 3", "column file_name", "'gone.png'", "two_object/images/val/gone.png"]
            },
            {
                "clevr_wrong_column",
                "clevrbind-val",
                [Clevr, "file_name and neg_3 are missing", "found filename, pos, neg_0, neg_1, neg_2, neg3"]
            },
            { "clevr_empty_file", "clevrbind-val", [Clevr, "is empty"] },
            { "clevr_header_only", "clevrbind-val", [Clevr, "no items"] },
            { "clevr_non_utf8", "clevrbind-val", [Clevr, "line 2", "not UTF-8", "0xE9"] },
            { "clevr_short_row", "clevrbind-val", [Clevr, "line 3", "expected 6 fields, found 4"] },
            { "clevr_empty_caption", "clevrbind-val", [Clevr, "line 3", "column pos", "empty"] },
            { "clevr_semicolons", "clevrbind-val", [Clevr, "the header is one column", "separated by ';' where commas are expected"] },
            { "clevr_path_escape", "clevrbind-val", [Clevr, "line 2", "column file_name", "../../../../outside.png", "not opened"] },
            { "clevr_image_is_text", "clevrbind-val", ["images/val/a.png", "not an image", Clevr, "line 2"] },
            { "clevr_image_zero_bytes", "clevrbind-val", ["images/val/a.png", "empty", Clevr, "line 2"] },
            { "ncd_short_name", "ncd-1", ["red_apple.png", "color_object_color_object", "2 parts"] },
            { "ncd_five_parts", "ncd-1", ["red_bell_pepper_green_pea.png", "5 parts", "color_object_color_object"] },
            { "ncd_no_images", "ncd-1", ["NCD_colorful_composite_squares", "no images", ".png, .jpeg, .jpg"] },
            { "whatsup_truncated_json", "whatsup-a", [WhatsUp, "item index 3", "stops in the middle", "line 1, column 710", "byte 710"] },
            { "whatsup_three_options", "whatsup-a", [WhatsUp, "item index 2", "field caption_options", "expected 4", "found 3"] },
            {
                "whatsup_options_not_text",
                "whatsup-a",
                [WhatsUp, "item index 1", "field caption_options", "caption_options[1]", "expected a text, found 7"]
            },
            { "whatsup_missing_field", "whatsup-a", [WhatsUp, "item index 3", "field image_path", "found image, caption_options"] },
            {
                "whatsup_no_relation_in_name",
                "whatsup-a",
                [WhatsUp, "item index 3", "mug_near_table.jpeg", "on, under, left, right", "pair and set accuracy cannot be formed"]
            },
            { "whatsup_object_not_list", "whatsup-a", [WhatsUp, "expected a list, found an object with the fields items"] },
            { "coco_qa_wrong_arity", "coco-qa-1", [CocoQa, "item index 1", "expected [id, right caption, wrong caption]"] },
            { "coco_qa_unpadded_image", "coco-qa-1", [CocoQa, "item index 0", "val2017/000000000139.jpg"] },
            { "vga_box_of_zero_width", "vg-attribution", [Attribution, "item index 1", "field bbox_w"] },
            { "vga_box_outside", "vg-attribution", [Attribution, "item index 0", "60 × 40 at (500, 4)", "96 × 64"] },
            { "vga_missing_box", "vg-attribution", [Attribution, "item index 0", "field bbox_h"] },
            { "vga_box_is_text", "vg-attribution", [Attribution, "item index 0", "field bbox_w", "\"sixty\""] },
            { "vga_nan_box", "vg-attribution", [Attribution, "item index 0", "bare word NaN", "line 1, column 79"] },
            { "negbench_answer_out_of_range", "negbench-coco", [Choice, "line 3", "column correct_answer", "0 to 3 expected"] },
            { "negbench_answer_not_a_number", "negbench-coco", [Choice, "line 3", "column correct_answer", "'first'"] },
            { "negbench_nan_caption", "negbench-coco", [Choice, "line 3", "column caption_2", "empty"] },
            {
                "negbench_unknown_template",
                "negbench-coco",
                [Choice, "line 3", "column correct_answer_template", "'affirmation'", "positive, negative, hybrid"]
            },
            { "negbench_extra_field", "negbench-coco", [Choice, "line 3", "expected 7 fields, found 8"] },
            { "negbench_unclosed_quote", "negbench-coco", [Choice, "line 3", "quoted field has no end"] },
            { "negbench_missing_image_row", "negbench-coco", [Choice, "line 3", "column image_path", "val2017/000000000777.jpg"] },
            {
                "retrieval_captions_are_code",
                "negbench-retrieval",
                [Retrieval, "line 2", "column captions", "is not a list of strings", "nothing in it is ever run"]
            },
            {
                "retrieval_captions_plain_text",
                "negbench-retrieval",
                [Retrieval, "line 2", "column captions", "list of strings", "'[' is expected at character 1"]
            },
            {
                "retrieval_captions_unclosed",
                "negbench-retrieval",
                [Retrieval, "line 2", "column captions", "at character 40, where the text ends"]
            },
            { "retrieval_no_captions", "negbench-retrieval", [Retrieval, "line 2", "column captions", "no captions"] },
        };

    [Theory]
    [MemberData(nameof(Sets))]
    public void Error_names_the_place(string folder, string benchmark, string[] parts)
    {
        Exception? error = Record.Exception(() => ReadAndCheck(benchmark, Fixture.Path($"bad/{folder}")));
        Assert.True(error is InvalidDataException or FileNotFoundException, $"{error}");
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Equal_captions_are_a_warning()
    {
        ChoiceBenchmark benchmark = ReadAndCheck("vg-attribution", Fixture.Path("bad/vga_same_captions"));
        string warning = Assert.Single(benchmark.Warnings);
        Assert.All((string[])[Attribution, "item index 0", "same text"], part => Assert.Contains(part, warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_set_has_its_row()
    {
        string[] folders =
        [
            .. Directory
                .EnumerateDirectories(Fixture.Path("bad"))
                .Select(path => Path.GetFileName(path)!)
                .Where(name => !name.StartsWith("scores_", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        // A picture cut short is found by who decodes it.
        string[] elsewhere = ["vga_same_captions", "clevr_image_truncated"];
        Assert.Equal(folders, Sets.Select(row => (string)((object[])row)[0]).Concat(elsewhere).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Missing_images_are_left_out_and_listed_where_that_is_allowed()
    {
        ChoiceBenchmark benchmark = Fixture.Choice(
            "negbench-coco",
            Fixture.Path("bad/negbench_missing_image_row"),
            options => options with { SkipMissing = true }
        );
        Assert.Single(benchmark.Items);
        string missing = Assert.Single(benchmark.Missing);
        Assert.Contains("line 3, column image_path: image 'data/coco/images/val2017/000000000777.jpg'", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void A_benchmark_without_any_picture_is_an_error_even_then()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            Fixture.Choice("coco-qa-1", Fixture.Path("bad/coco_qa_unpadded_image"), options => options with { SkipMissing = true })
        );
        Assert.Contains("none of its 1 pictures", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_climbs_out_is_not_opened_even_where_it_exists()
    {
        using var temporary = new TemporaryFolder();
        string root = temporary["a/b"];
        Directory.CreateDirectory(Path.Combine(root, "two_object", "images", "val"));
        File.WriteAllBytes(temporary["a/outside.png"], [1]);
        File.WriteAllText(
            Path.Combine(root, "two_object", "val.csv"),
            "file_name,pos,neg_0,neg_1,neg_2,neg_3\n..\\../../../../outside.png,a,b,c,d,e\n"
        );
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            Fixture.Choice("clevrbind-val", root, options => options with { SkipMissing = true })
        );
        Assert.Contains("leads out of the folder", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads as an evaluation does: the annotations, then what each picture is.</summary>
    private static ChoiceBenchmark ReadAndCheck(string benchmark, string root)
    {
        Benchmark read = Fixture.Read(benchmark, root);
        ChoiceBenchmark choice = Assert.IsType<ChoiceBenchmark>(read);
        foreach (ChoiceItem item in choice.Items)
            BenchmarkPicture.Size(item.Image);
        return choice;
    }
}
