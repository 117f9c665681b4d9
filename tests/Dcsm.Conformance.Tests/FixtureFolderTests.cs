using System.Text.Json.Nodes;
using Dcsm.Conformance.Benchmarks;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Conformance.Tests;

public sealed class FixtureFolderTests : IDisposable
{
    private static readonly FixtureSources Sources = FixtureSources.Catalog;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("clevr_bind", 36)]
    [InlineData("ncd", 34)]
    [InlineData("whatsup", 300)]
    [InlineData("aro", 100)]
    [InlineData("negbench", 200)]
    [InlineData("composition", 330)]
    [InlineData("sugarcrepe-pp", 40)]
    [InlineData("text_rewrites", 250)]
    [InlineData("bad", 43)]
    [InlineData("odd", 14)]
    public void Every_expected_number_comes_out_of_the_scores(string group, int least)
    {
        GoldenCheck[] checks = [.. FixtureFolder.Verify(FixtureFiles.Path(), Sources, [group])];
        Assert.All(checks, check => Assert.True(check.Passed, check.ToString()));
        Assert.True(checks.Length >= least, $"{checks.Length} comparisons");
    }

    [Fact]
    public void Published_recalls_that_ties_leave_open_are_said_to_be_open()
    {
        GoldenCheck[] open =
        [
            .. FixtureFolder
                .Verify(FixtureFiles.Path(), Sources, ["negbench"])
                .Where(check => check.Remark?.Contains("ties leave it open", StringComparison.Ordinal) == true),
        ];
        Assert.NotEmpty(open);
        Assert.All(open, check => Assert.EndsWith("@1", check.Compared, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("whatsup", "Controlled_Images_A", "official", "pair_accuracy_percent")]
    [InlineData("whatsup", "Controlled_Images_B", "direct", "chance")]
    [InlineData("negbench", "synthetic-mcq", "official", "total_accuracy")]
    public void A_number_that_is_off_by_a_billionth_is_the_one_failure(string group, string set, string part, string figure)
    {
        JsonNode expected = Copy(group);
        JsonNode value = expected[set]![part]!;
        value[figure] = value[figure]!.GetValue<double>() + 3e-9;
        GoldenCheck failed = FailsOnce(group, expected);
        Assert.Equal(($"{group}/{set}", $"{part}.{figure}"), (failed.Case, failed.Compared));
        Assert.Contains("expected", failed.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_nobody_computes_fails()
    {
        JsonNode expected = Copy("ncd");
        expected["subset1"]!["direct"]!["first"]!["f1"] = 0.5;
        GoldenCheck failed = FailsOnce("ncd", expected);
        Assert.Equal(("direct.first.f1", "not computed"), (failed.Compared, failed.Remark));
    }

    [Fact]
    public void A_missing_record_and_a_wrong_label_fail()
    {
        JsonNode expected = Copy("whatsup");
        expected["COCO_QA_one_obj"]!["official"]!["records"]!.AsArray().RemoveAt(3);
        Assert.Equal("official.records", FailsOnce("whatsup", expected).Compared);

        expected = Copy("whatsup");
        expected["VG_QA_two_obj"]!["official"]!["records"]![4]!["Preposition"] = "above";
        Assert.Contains("found 'top'", FailsOnce("whatsup", expected).Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void A_published_recall_outside_of_what_ties_allow_fails()
    {
        JsonNode expected = Copy("negbench");
        expected["coco-retrieval"]!["official"]!["negbench"]!["image_retrieval_recall@1"] = 0.6;
        Assert.Equal("official.negbench.image_retrieval_recall@1", FailsOnce("negbench", expected).Compared);
    }

    [Fact]
    public void Other_scores_give_other_figures()
    {
        Copy("clevr_bind");
        string path = Path.Combine(_folder.Path, "clevr_bind", "scores.json");
        JsonNode scores = JsonNode.Parse(File.ReadAllText(path))!;
        scores["gen"]!["rows"]![0]!["scores"] = new JsonArray(0.1, 0.2, 0.3, 0.4, 0.5);
        File.WriteAllText(path, scores.ToJsonString());
        Assert.Contains(FixtureFolder.Verify(_folder.Path, Sources), check => !check.Passed && check.Case == "clevr_bind/gen");
        Assert.DoesNotContain(FixtureFolder.Verify(_folder.Path, Sources), check => !check.Passed && check.Case != "clevr_bind/gen");
    }

    [Fact]
    public void Rows_in_another_order_are_found_by_the_name_of_their_item()
    {
        Copy("clevr_bind");
        string path = Path.Combine(_folder.Path, "clevr_bind", "scores.json");
        JsonNode scores = JsonNode.Parse(File.ReadAllText(path))!;
        scores["val"]!["rows"] = new JsonArray([.. scores["val"]!["rows"]!.AsArray().Reverse().Select(row => row!.DeepClone())]);
        File.WriteAllText(path, scores.ToJsonString());
        Assert.All(FixtureFolder.Verify(_folder.Path, Sources), check => Assert.True(check.Passed, check.ToString()));
    }

    [Fact]
    public void A_set_that_cannot_be_read_is_one_failure_and_the_others_are_still_looked_at()
    {
        FixtureSources sources = new(
            (name, options) => name == "clevrbind-val" ? throw new InvalidDataException("val.csv, line 3") : Sources.Read(name, options)
        );
        GoldenCheck[] checks = [.. FixtureFolder.Verify(FixtureFiles.Path(), sources, ["clevr_bind"])];
        Assert.Equal(
            ("clevr_bind/val", "val.csv, line 3"),
            Assert.Single(checks.Where(check => !check.Passed).Select(check => (check.Case, check.Remark)))
        );
        Assert.Equal($"{checks.Length - 1} passed, 1 failed", ComparisonReport.Totals(checks));
    }

    [Fact]
    public void Rewritten_texts_are_compared_and_places_and_ids_are_computed()
    {
        GoldenCheck[] without = [.. FixtureFolder.Verify(FixtureFiles.Path(), new FixtureSources(Sources.Read), ["text_rewrites"])];
        Assert.All(
            without.Where(check => !check.Passed),
            check => Assert.Contains(check.Compared, (string[])["after_the_loader", "text_of_baselines", "text_of_dcsm"])
        );
        Assert.Contains(without, check => check.Passed && check.Compared == "token_ids_30");
        Assert.Contains(
            without,
            check => check.Passed && check.Compared.EndsWith(".column_replaced_by_official", StringComparison.Ordinal)
        );

        FixtureSources sources = Sources with { Rewrite = (_, caption) => new RewrittenTexts(caption, caption, caption) };
        Assert.Contains(
            FixtureFolder.Verify(FixtureFiles.Path(), sources, ["text_rewrites"]),
            check => !check.Passed && check.Compared == "token_ids_30"
        );
    }

    [Fact]
    public void Damaged_scores_are_errors_that_name_item_and_option()
    {
        GoldenCheck[] checks = Damaged((_, _) => throw new InvalidDataException("a sentence"));
        GoldenCheck[] scores = [.. checks.Where(check => check.Case.Contains("scores_", StringComparison.Ordinal))];
        Assert.Equal(3, scores.Length);
        Assert.All(scores, check => Assert.True(check.Passed, check.ToString()));
    }

    [Fact]
    public void An_error_has_to_name_what_the_README_asks_for()
    {
        GoldenCheck[] checks = Damaged(
            (name, _) =>
                name == "whatsup-a"
                    ? throw new InvalidDataException(
                        "data/controlled_images_dataset.json, item 2, caption_options: expected 4 captions, found 3."
                    )
                    : throw new FileNotFoundException("val.csv, line 3, column file_name.")
        );
        Assert.True(checks.Single(check => check.Case == "bad/whatsup_three_options").Passed);
        GoldenCheck missing = checks.Single(check => check.Case == "bad/clevr_missing_image");
        Assert.True(missing.Passed, missing.ToString());

        checks = Damaged(
            (_, _) => throw new InvalidDataException("controlled_images_dataset.json and val.csv, line 30, item 25: expected 4, found 3")
        );
        GoldenCheck failed = checks.Single(check => check.Case == "bad/whatsup_three_options");
        Assert.Contains("item index 2", failed.Remark, StringComparison.Ordinal);
        Assert.Contains("caption_options", failed.Remark, StringComparison.Ordinal);
        Assert.DoesNotContain("expected 4;", failed.Remark, StringComparison.Ordinal);
        Assert.Contains("line 3", checks.Single(check => check.Case == "bad/clevr_missing_image").Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_exceptions_and_reading_on_are_failures()
    {
        GoldenCheck[] checks = Damaged((_, _) => throw new KeyNotFoundException("gone"));
        Assert.Contains(
            "KeyNotFoundException",
            checks.Single(check => check.Case == "bad/clevr_missing_image").Remark,
            StringComparison.Ordinal
        );
        checks = Damaged((name, _) => Choices(name, Item("a.png", 2)));
        Assert.Equal("it was read without an error", checks.Single(check => check.Case == "bad/clevr_missing_image").Remark);
        Assert.Equal("it was read without a warning", checks.Single(check => check.Case == "bad/vga_same_captions").Remark);
    }

    [Fact]
    public void A_warning_has_to_name_the_item()
    {
        GoldenCheck[] checks = Damaged(
            (name, _) =>
                Choices(name, Item("a.png", 2)) with
                {
                    Warnings = ["visual_genome_attribution.json, item 0: both captions are the same."],
                }
        );
        Assert.True(checks.Single(check => check.Case == "bad/vga_same_captions").Passed);
    }

    [Fact]
    public void Damaged_pictures_are_opened()
    {
        string Picture(BenchmarkOptions options) => Path.Combine(options.Root, "two_object", "images", "val", "a.png");
        GoldenCheck[] checks = Damaged(
            (name, options) =>
                Choices(
                    name,
                    Item("a.png", 5) with
                    {
                        Image = new BenchmarkImage("a.png", Picture(options), "val.csv, line 2, column file_name"),
                    }
                )
        );
        GoldenCheck check = checks.Single(check => check.Case == "bad/clevr_image_is_text");
        Assert.True(check.Passed, check.ToString());
    }

    [Fact]
    public void Unusual_sets_must_be_read_as_the_README_says()
    {
        FixtureSources other = new((name, _) => Choices(name, Item("a", 2), Item("b", 2)));
        GoldenCheck[] checks = [.. FixtureFolder.Verify(FixtureFiles.Path(), other, ["odd"])];
        Assert.Contains(
            "the right caption 'red cube'",
            checks.Single(check => check.Case == "odd/clevr_reordered_columns").Remark,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "expected 4 items, found 2",
            checks.Single(check => check.Case == "odd/whatsup_renamed_images").Remark,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "relation 'on'",
            checks.Single(check => check.Case == "odd/whatsup_relation_word_in_object_name").Remark,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_folder_is_an_error_and_an_empty_one_holds_nothing()
    {
        Assert.Throws<DirectoryNotFoundException>(() => FixtureFolder.Verify(_folder["none"], Sources));
        Assert.Empty(FixtureFolder.Verify(_folder.Path, Sources));
    }

    private static GoldenCheck[] Damaged(Func<string, BenchmarkOptions, Benchmark> read) =>
        [.. FixtureFolder.Verify(FixtureFiles.Path(), new FixtureSources(read), ["bad"])];

    private static ChoiceItem Item(string id, int options) =>
        new(id, new BenchmarkImage(id, null, id), [.. Enumerable.Range(0, options).Select(i => $"{id} option {i}")], Right: 0);

    private static ChoiceBenchmark Choices(string name, params IEnumerable<ChoiceItem> items) =>
        new()
        {
            Name = name,
            AnnotationFiles = [],
            Items = [.. items],
        };

    // Copies a group and gives what it expects.
    private JsonNode Copy(string group)
    {
        Repository.Copy(FixtureFiles.Path(group), _folder[group]);
        return JsonNode.Parse(File.ReadAllText(FixtureFiles.Path(group, "expected.json")))!;
    }

    private GoldenCheck FailsOnce(string group, JsonNode expected)
    {
        File.WriteAllText(Path.Combine(_folder.Path, group, "expected.json"), expected.ToJsonString());
        return Assert.Single(FixtureFolder.Verify(_folder.Path, Sources, [group]), check => !check.Passed);
    }
}
