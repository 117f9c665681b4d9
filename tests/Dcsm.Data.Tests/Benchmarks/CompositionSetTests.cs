using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

/// <summary>Benchmarks of composition in their published layouts, and a user's own pairs and statements.</summary>
public sealed class CompositionSetTests : IDisposable
{
    private const string Composition = "composition";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_file_of_SugarCrepe_is_a_group_and_the_files_that_are_not_there_are_named()
    {
        ChoiceBenchmark read = Fixture.Choice("sugarcrepe", Fixture.Path(Composition));
        Assert.Equal(
            [("replace_rel", "replace", 5), ("swap_obj", "swap", 4)],
            read.Items.GroupBy(item => (item.Group, item.Category)).Select(group => (group.Key.Group, group.Key.Category, group.Count()))
        );
        Assert.All(read.Items, item => Assert.Equal((0, 2), (item.Right, item.Options.Count)));
        Assert.Equal("swap_obj#3", read.Items[7].Id);
        string warning = Assert.Single(read.Warnings);
        Assert.Contains("holds 2 of 7 files of sugarcrepe; without add_att.json, add_obj.json", warning, StringComparison.Ordinal);
        // One file is a root, too.
        Assert.Equal(4, Fixture.Choice("sugarcrepe", Fixture.Path($"{Composition}/data/swap_obj.json"), Val2017).Items.Count);
    }

    [Fact]
    public void SugarCrepe_and_its_successor_are_told_apart_though_their_files_have_the_same_names()
    {
        IBenchmarkReader first = BenchmarkCatalog.Find("sugarcrepe"),
            second = BenchmarkCatalog.Find("sugarcrepe-pp");
        Assert.Equal((true, false), (first.IsPresent(Fixture.Path(Composition)), second.IsPresent(Fixture.Path(Composition))));
        Assert.Equal((false, true), (first.IsPresent(Fixture.Path("sugarcrepe-pp")), second.IsPresent(Fixture.Path("sugarcrepe-pp"))));
        Assert.Contains("sugarcrepe-pp", Fails("sugarcrepe", Fixture.Path("sugarcrepe-pp")), StringComparison.Ordinal);
        Assert.Contains("an object is SugarCrepe", Fails("sugarcrepe-pp", Fixture.Path(Composition)), StringComparison.Ordinal);
        MatchBenchmark read = Matches("sugarcrepe-pp", Fixture.Path("sugarcrepe-pp"));
        Assert.Equal(MatchTask.AllAbove, read.Task);
        Assert.All(read.Items, item => Assert.Equal([true, true, false], item.Matches));
    }

    [Fact]
    public void VALSE_leaves_out_what_annotators_did_not_confirm()
    {
        ChoiceBenchmark read = Fixture.Choice("valse", Fixture.Path(Composition));
        Assert.Equal(
            [("existence", "existence", 3), ("counting-hard", "counting", 2)],
            read.Items.GroupBy(item => (item.Group, item.Category)).Select(group => (group.Key.Group, group.Key.Category, group.Count()))
        );
        Assert.DoesNotContain(read.Items, item => item.Options[0] == "There are no lamps.");
    }

    [Fact]
    public void Folders_of_VL_CheckList_say_what_is_asked()
    {
        ChoiceBenchmark read = Fixture.Choice("vl-checklist", Fixture.Path(Composition));
        Assert.Equal(
            [("Attribute, color, vg", "Attribute"), ("Object, Size small, swig_tool", "Object"), ("Relation, action, swig", "Relation")],
            read.Items.Select(item => (item.Group, item.Category)).Distinct()
        );
        // Of several texts the first ones.
        Assert.Equal(
            ["a man cuts bread with a knife", "a man cuts bread with a spoon"],
            read.Items.First(item => item.Category == "Object").Options
        );
        string file = Fixture.Path($"{Composition}/data/Attribute/vg/color.json");
        Assert.Equal(3, Fixture.Choice("vl-checklist", file, o => o with { Images = Fixture.Path($"{Composition}/vg") }).Items.Count);
    }

    [Fact]
    public void CREPE_cuts_boxes_out_and_passes_over_empty_lists()
    {
        ChoiceBenchmark productivity = Fixture.Choice("crepe-productivity", Fixture.Path(Composition));
        Assert.Equal(["atom, 4 parts", "swap, 5 parts"], productivity.Items.Select(item => item.Group).Distinct());
        Assert.Equal(new CropBox(2, 1, 18, 12), productivity.Items[0].Image.Box);
        Assert.Equal([6, 6, 6, 7, 7], productivity.Items.Select(item => item.Options.Count));
        ChoiceBenchmark systematicity = Fixture.Choice("crepe-systematicity-cc12m", Fixture.Path(Composition));
        Assert.Equal(11, systematicity.Items.Count);
        Assert.Equal(["atom", "combined", "comp"], systematicity.Items.Select(item => item.Category).Distinct().Order());
        Assert.Contains(systematicity.Warnings, warning => warning.Contains("1 lists of hard negatives are empty"));
    }

    [Fact]
    public void Pictures_of_Winoground_are_named_without_their_ending()
    {
        MatchBenchmark read = Matches("winoground", Fixture.Path(Composition));
        Assert.Equal((MatchTask.Pairs, 6), (read.Task, read.Items.Count));
        Assert.Equal(["ex_0_img_0.png", "ex_0_img_1.png"], read.Items[0].Images.Select(image => image.Name));
        Assert.Equal(["Object", "Relation", "Object", "Both", "Relation", "Object"], read.Items.Select(item => item.Group));
    }

    [Fact]
    public void COLA_asks_pairs_and_labels()
    {
        MatchBenchmark pairs = Matches("cola-pairs", Fixture.Path(Composition));
        Assert.Equal(("image_score", 4), (pairs.MainFigure, pairs.Items.Count));
        Assert.Equal(["800.jpg", "801.jpg"], pairs.Items[0].Images.Select(image => image.Name));
        MatchBenchmark labels = Matches("cola-gqa", Fixture.Path(Composition));
        Assert.Equal((MatchTask.Labels, 6), (labels.Task, labels.Items.Count));
        Assert.Equal([true, false, null, false], labels.Items[0].Matches);
        Assert.Same(labels.Items[0].Captions, labels.Items[5].Captions);
    }

    [Fact]
    public void A_threshold_of_VSR_is_chosen_on_dev()
    {
        MatchBenchmark read = Matches("vsr-random", Fixture.Path(Composition));
        Assert.Equal((8, 10), (read.Items.Count(item => item.IsDev), read.Items.Count(item => !item.IsDev)));
        Assert.Equal(("left of", "projective"), (read.Items[9].Group, read.Items[9].Category));
        Assert.False(BenchmarkCatalog.Find("vsr-zeroshot").IsPresent(Fixture.Path(Composition)));
    }

    [Fact]
    public void Relations_of_ARO_are_symmetric_or_not_as_its_notebook_has_them()
    {
        ChoiceBenchmark read = Fixture.Choice("vg-relation", Fixture.Path("aro"));
        string[] symmetric =
        [
            .. Fixture.Json("aro/symmetric_relations_used_here.json").EnumerateArray().Select(relation => relation.GetString()!),
        ];
        Assert.NotEmpty(symmetric);
        Assert.All(read.Items, item => Assert.Equal(symmetric.Contains(item.Group) ? "symmetric" : "asymmetric", item.Category));
    }

    [Fact]
    public void Own_CSV_and_JSON_lines_hold_pairs_and_statements()
    {
        Write("a.png", "x");
        Write("b.png", "x");
        MatchBenchmark pairs = Matches("csv", Write("p.csv", "image_0,image_1,caption_0,caption_1,group\na.png,b.png,x y,y x,g\n"));
        Assert.Equal((MatchTask.Pairs, "g"), (pairs.Task, pairs.Items[0].Group));
        Assert.Equal([true, false, false, true], pairs.Items[0].Matches);
        MatchBenchmark said = Matches(
            "csv",
            Write("s.csv", "image,caption,label,part,category\na.png,x,True,dev,\nb.png,y,0,test,c\na.png,z,1,,\n")
        );
        Assert.Equal(
            [(true, true, ""), (false, false, "c"), (true, false, "")],
            said.Items.Select(item => (item.Matches[0] == true, item.IsDev, item.Category))
        );
        Assert.Equal(
            MatchTask.Pairs,
            Matches(
                "jsonl",
                Write("p.jsonl", """{"image_0": "a.png", "image_1": "b.png", "caption_0": "x", "caption_1": "y", "tag": "unused"}""")
            ).Task
        );
        MatchBenchmark lines = Matches(
            "jsonl",
            Write(
                "s.jsonl",
                "{\"image\": \"a.png\", \"caption\": \"x\", \"label\": true}\n{\"image\": \"b.png\", \"caption\": \"x\", \"label\": 0}\n"
            )
        );
        Assert.Equal([true, false], lines.Items.Select(item => item.Matches[0] == true));
    }

    [Theory]
    [InlineData("csv", "image_0,image_1,caption_0\na.png,a.png,x\n", "the column caption_1 is missing")]
    [InlineData("csv", "image_0,image_1,caption_0,caption_1\na.png,gone.png,x,y\n", "line 2, column image_1: image 'gone.png'")]
    [InlineData("csv", "image_0,image_1,caption_0,caption_1\na.png,a.png,x,\n", "line 2, column caption_1: the field is empty")]
    [InlineData("csv", "image,caption\na.png,x\n", "the column label is missing")]
    [InlineData("csv", "image,caption,label\na.png,x,maybe\n", "line 2, column label: 'maybe' is none of true, false, 1 and 0")]
    [InlineData("csv", "image,caption,label,part\na.png,x,1,train\n", "line 2, column part: 'train' is neither dev nor test")]
    [InlineData("csv", "image,caption,label,part\na.png,x,1,dev\n", "none is left to be judged")]
    [InlineData("jsonl", """{"image_0": "a.png", "caption_0": "x", "caption_1": "y"}""", "line 1: the field image_1 is missing")]
    [InlineData("jsonl", """{"image": "a.png", "caption": "x", "label": "yes"}""", "line 1, field label: expected true or false")]
    [InlineData("jsonl", """{"image": "a.png", "caption": "x", "label": 2}""", "line 1, field label: expected a whole number from 0 to 1")]
    public void Own_pairs_and_statements_name_what_is_wrong(string kind, string text, string part)
    {
        Write("a.png", "x");
        Assert.Contains(part, Fails(kind, Write($"own.{kind}", text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "sugarcrepe",
        "data/swap_obj.json",
        """{"0": {"filename": "a.png", "caption": "x"}}""",
        "field 0: the field negative_caption"
    )]
    [InlineData(
        "sugarcrepe-pp",
        "data/swap_obj.json",
        """[{"filename": "a.png", "caption": "x", "caption2": 3}]""",
        "index 0, field caption2"
    )]
    [InlineData(
        "valse",
        "data/plurals.json",
        """{"p": {"image_file": "a.png", "caption": "x", "foil": "y"}}""",
        "the field mturk is missing"
    )]
    [InlineData("winoground", "examples.jsonl", """{"image_0": "a", "image_1": "a", "caption_0": "x"}""", "line 1: the field caption_1")]
    [InlineData("cola-pairs", "data/COLA_multiobjects_matching_benchmark.json", """[["a.png", "x", "a.png"]]""", "item index 0")]
    [InlineData(
        "cola-gqa",
        "data/COLA_singleobjects_benchmark_GQA.json",
        """{"labels": ["x", "y"], "data": [["a.png", {}, [1, 0], [1]]]}""",
        "expected 2 numbers, one for each class, found 1"
    )]
    [InlineData(
        "crepe-productivity",
        "prod_hard_negatives/atom/prod_vg_hard_negs_atom_complexity_4.csv",
        "image_id,caption,x,y,width,height,hard_negs\na,x,0,0,wide,4,\"['y']\"\n",
        "line 2, column width: 'wide' is not a number"
    )]
    [InlineData(
        "crepe-productivity",
        "prod_hard_negatives/atom/prod_vg_hard_negs_atom_complexity_4.csv",
        "image_id,caption,x,y,width,height,hard_negs\na,x,0,0,4,4,\"__import__('os')\"\n",
        "nothing in it is ever run"
    )]
    [InlineData("vl-checklist", "data/Attribute/vg/color.json", """[["a.png", {"POS": ["x"]}]]""", "the field NEG is missing")]
    [InlineData(
        "vsr-random",
        "data/splits/random/test.jsonl",
        """{"image": "a.png", "caption": "x", "relation": "on"}""",
        "the field label"
    )]
    public void Published_layouts_name_what_is_wrong(string benchmark, string file, string text, string part)
    {
        Write("a.png", "x");
        Write(file, text);
        Assert.Contains(part, Fails(benchmark, _folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_name_is_none_of_a_set_of_files()
    {
        string path = Write("mine.jsonl", """{"filename": "a.png", "caption": "x", "negative_caption": "y"}""");
        string message = Fails("sugarcrepe", path);
        Assert.Contains("mine.jsonl: is by its name none of the files of sugarcrepe", message, StringComparison.Ordinal);
        Assert.Contains("dcsm eval jsonl", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Captions_that_are_the_same_are_a_warning()
    {
        Write("a.png", "x");
        Write("data/swap_obj.json", """[{"filename": "a.png", "caption": "x", "caption2": "y", "negative_caption": "x"}]""");
        Assert.Contains(
            Matches("sugarcrepe-pp", _folder.Path).Warnings,
            warning => warning.Contains("captions 0 and 2 are the same text, 'x'", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_missing_picture_of_a_pair_leaves_the_pair_out()
    {
        Write("a.png", "x");
        string path = Write("p.csv", "image_0,image_1,caption_0,caption_1\na.png,gone.png,x,y\na.png,a.png,x,y\n");
        MatchBenchmark read = Assert.IsType<MatchBenchmark>(Fixture.Read("csv", path, o => o with { SkipMissing = true }));
        Assert.Single(read.Items);
        Assert.Single(read.Missing);
    }

    private static BenchmarkOptions Val2017(BenchmarkOptions options) => options with { Images = Fixture.Path($"{Composition}/val2017") };

    private static MatchBenchmark Matches(string benchmark, string root) => Assert.IsType<MatchBenchmark>(Fixture.Read(benchmark, root));

    private static string Fails(string benchmark, string root)
    {
        Exception? error = Record.Exception(() => Fixture.Read(benchmark, root));
        Assert.True(error is InvalidDataException or FileNotFoundException, $"{error}");
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }

    private string Write(string name, string text)
    {
        string path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
