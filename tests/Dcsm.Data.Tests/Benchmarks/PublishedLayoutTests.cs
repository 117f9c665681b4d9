using System.Text.Json;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

/// <summary>
/// Every benchmark loads from its published layout, with the items, groups and right options that the scoring code of its makers sees.
/// </summary>
public sealed class PublishedLayoutTests
{
    public static TheoryData<string, string, string> Choices =>
        new()
        {
            { "clevrbind-train", "clevr_bind", "train" },
            { "clevrbind-val", "clevr_bind", "val" },
            { "clevrbind-gen", "clevr_bind", "gen" },
            { "ncd-1", "ncd", "subset1" },
            { "ncd-2", "ncd", "subset2" },
            { "vg-attribution", "aro", "VG_Attribution" },
            { "vg-relation", "aro", "VG_Relation" },
            { "coco-order", "aro", "COCO_Order" },
            { "flickr-order", "aro", "Flickr30k_Order" },
            { "whatsup-a", "whatsup", "Controlled_Images_A" },
            { "whatsup-b", "whatsup", "Controlled_Images_B" },
            { "coco-qa-1", "whatsup", "COCO_QA_one_obj" },
            { "coco-qa-2", "whatsup", "COCO_QA_two_obj" },
            { "vg-qa-1", "whatsup", "VG_QA_one_obj" },
            { "vg-qa-2", "whatsup", "VG_QA_two_obj" },
            { "negbench-coco", "negbench", "coco-mcq" },
            { "negbench-voc", "negbench", "voc2007-mcq" },
            { "negbench-synthetic", "negbench", "synthetic-mcq" },
        };

    [Theory]
    [MemberData(nameof(Choices))]
    public void Items_are_those_of_the_scores_and_first_wins_as_published(string name, string folder, string key)
    {
        using var temporary = new TemporaryFolder();
        ChoiceBenchmark benchmark = Fixture.Choice(
            name,
            Fixture.RootOf(name),
            options =>
                name.EndsWith("-order", StringComparison.Ordinal)
                    ? options with
                    {
                        OrderOptions = Fixture.OrderOptions(temporary, name),
                    }
                    : options
        );
        JsonElement[] rows = [.. Fixture.Json($"{folder}/scores.json").GetProperty(key).GetProperty("rows").EnumerateArray()];
        JsonElement direct = Fixture.Json($"{folder}/expected.json").GetProperty(key).GetProperty("direct");

        Assert.Equal(name, benchmark.Name);
        Assert.Empty(benchmark.Missing);
        Assert.Equal(direct.GetProperty("items").GetInt32(), benchmark.Items.Count);
        // The scores name each item as published, by its picture.
        Assert.Equal(rows.Select(row => row.GetProperty("item").ToString()), benchmark.Items.Select(item => item.Id));
        Assert.All(benchmark.Items, item => Assert.True(File.Exists(item.Image.Path)));
        Assert.Equal(benchmark.Items.Count, benchmark.Items.Select(item => item.Id).Distinct().Count());

        double chance = direct.GetProperty("chance").GetDouble();
        var right = new List<bool>();
        foreach ((ChoiceItem item, JsonElement row) in benchmark.Items.Zip(rows))
        {
            double[] scores = [.. row.GetProperty("scores").EnumerateArray().Select(score => score.GetDouble())];
            Assert.Equal(scores.Length, item.Options.Count);
            Assert.Equal(chance, 1.0 / item.Options.Count, 12);
            right.Add(Array.IndexOf(scores, scores.Max()) == item.Right);
        }

        // The right places are right where the accuracy comes out, in all and in each group.
        JsonElement first = direct.GetProperty("first");
        Assert.Equal(first.GetProperty("accuracy").GetDouble(), right.Average(ok => ok ? 1.0 : 0.0), 9);
        if (!first.TryGetProperty("by_group", out JsonElement groups))
            return;
        IEnumerable<(string Key, int, double)> found = benchmark
            .Items.Zip(right)
            .GroupBy(pair => pair.First.Group)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count(), Math.Round(group.Average(pair => pair.Second ? 1.0 : 0.0), 9)));
        IEnumerable<(string Name, int, double)> expected = groups
            .EnumerateObject()
            .OrderBy(group => group.Name, StringComparer.Ordinal)
            .Select(group =>
                (group.Name, group.Value.GetProperty("count").GetInt32(), Math.Round(group.Value.GetProperty("accuracy").GetDouble(), 9))
            );
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("negbench-retrieval", "coco-retrieval")]
    [InlineData("negbench-retrieval-negated", "coco-negated-retrieval")]
    public void Retrieval_pairs_are_those_of_the_scores(string name, string key)
    {
        RetrievalBenchmark benchmark = Fixture.Retrieval(name, Fixture.RootOf(name));
        JsonElement scores = Fixture.Json("negbench/scores.json").GetProperty(key);
        Assert.Equal(
            scores.GetProperty("images").EnumerateArray().Select(image => image.GetString()),
            benchmark.Images.Select(image => image.Name)
        );
        Assert.Equal(
            scores.GetProperty("text_image").EnumerateArray().Select(image => image.GetInt32()),
            benchmark.Captions.Select(caption => caption.Image)
        );
        Assert.Empty(benchmark.Warnings);
    }

    [Fact]
    public void Negated_captions_keep_both_kinds_of_quotes()
    {
        RetrievalBenchmark benchmark = Fixture.Retrieval("negbench-retrieval-negated", Fixture.RootOf("negbench"));
        Assert.Contains(
            """A sign says "dining table" near the banana, and it's not a person.""",
            benchmark.Captions.Select(caption => caption.Text)
        );
    }

    [Theory]
    [InlineData("coco-retrieval", 4, 8, "a man on a bicycle riding next to a train it's blue")]
    [InlineData("flickr-retrieval", 3, 6, "a small boy in a blue uniform kicks")]
    public void Retrieval_of_ARO_prepares_captions(string name, int images, int captions, string text)
    {
        RetrievalBenchmark benchmark = Fixture.Retrieval(name, Fixture.Path("aro"));
        Assert.Equal((images, captions), (benchmark.Images.Count, benchmark.Captions.Count));
        Assert.Contains(text, benchmark.Captions.Select(caption => caption.Text));
        Assert.All(benchmark.Captions, caption => Assert.True(caption.Text.Split(' ').Length <= 30));
    }

    [Fact]
    public void Natural_colors_become_the_published_captions()
    {
        ChoiceItem one = Fixture.Choice("ncd-1", Fixture.Path("ncd")).Items.Single(item => item.Id == "red_apple_yellow_banana.png");
        ChoiceItem two = Fixture.Choice("ncd-2", Fixture.Path("ncd")).Items.Single(item => item.Id == "red_apple_yellow_banana.png");
        Assert.Equal(["A picture of a red apple and a yellow banana", "A picture of a yellow apple and a red banana"], one.Options);
        Assert.Equal(["A picture of a yellow banana and a red apple", "A picture of a red banana and a yellow apple"], two.Options);
    }

    [Theory]
    [InlineData("whatsup-a", 3)]
    [InlineData("whatsup-b", 3)]
    public void Sets_of_WhatsUp_are_complete(string name, int sets)
    {
        ChoiceBenchmark benchmark = Fixture.Choice(name, Fixture.RootOf(name));
        var groups = benchmark.Items.GroupBy(item => item.SetKey).ToList();
        Assert.Equal(sets, groups.Count);
        Assert.All(groups, group => Assert.Equal(4, group.Select(item => item.Group).Distinct().Count()));
    }

    [Fact]
    public void Types_of_negated_options_are_those_of_their_places()
    {
        ChoiceBenchmark coco = Fixture.Choice("negbench-coco", Fixture.Path("negbench"));
        Assert.All(coco.Items, item => Assert.Equal([item.Group, "hybrid", "positive", "negative"], item.OptionTypes));
        ChoiceBenchmark synthetic = Fixture.Choice("negbench-synthetic", Fixture.Path("negbench"));
        Assert.All(synthetic.Items, item => Assert.Equal(["positive", "hybrid", "hybrid", "negative"], item.OptionTypes));
        Assert.Equal([0, 3, 2, 0, 3, 1, 0, 3], synthetic.Items.Select(item => item.Right));
    }

    [Fact]
    public void Boxes_are_as_annotated()
    {
        ChoiceItem item = Fixture.Choice("vg-attribution", Fixture.Path("aro")).Items[0];
        Assert.Equal(new CropBox(300, 0, 150, 150), item.Image.Box);
        Assert.Equal(["the brown cup and the red table", "the red cup and the brown table"], item.Options);
        Assert.Equal(1, item.Right);
    }

    [Fact]
    public void Equal_options_of_an_order_benchmark_are_reported()
    {
        using var temporary = new TemporaryFolder();
        string options = Fixture.OrderOptions(temporary, "coco-order");
        ChoiceBenchmark benchmark = Fixture.Choice("coco-order", Fixture.Path("aro"), o => o with { OrderOptions = options });
        Assert.Contains(
            benchmark.Warnings,
            warning => warning.Contains("'a dog'", StringComparison.Ordinal) && warning.Contains("item index 3", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Pictures_are_found_under_another_folder_by_the_end_of_their_path()
    {
        using var temporary = new TemporaryFolder();
        string csv = temporary["COCO_val_mcq_llama3.1_rephrased.csv"];
        File.Copy(Fixture.Path("negbench/data/images/COCO_val_mcq_llama3.1_rephrased.csv"), csv);
        foreach (string images in (string[])["negbench/data/coco/images/val2017", "negbench/data/coco", "negbench"])
        {
            ChoiceBenchmark benchmark = Fixture.Choice("negbench-coco", csv, options => options with { Images = Fixture.Path(images) });
            Assert.Equal(12, benchmark.Items.Count);
        }
    }

    [Fact]
    public void Reading_leaves_the_data_as_it_is()
    {
        string root = Fixture.Path("odd/whatsup_renamed_images");
        List<(string Path, DateTime Written)> before = Snapshot(root);
        Fixture.Choice("whatsup-a", root);
        Assert.Equal(before, Snapshot(root));
    }

    private static List<(string Path, DateTime Written)> Snapshot(string root) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(path => (path, File.GetLastWriteTimeUtc(path))),
        ];
}
