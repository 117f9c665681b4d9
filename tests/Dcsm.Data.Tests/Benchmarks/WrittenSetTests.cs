using System.Text;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

/// <summary>Sets that are written by the test: forms that the fixtures do not hold.</summary>
public sealed class WrittenSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Own_CSV_has_options_and_the_right_one()
    {
        Images("a.png", "sub/b.png");
        string path = Write("own.csv", "group,image,option_0,option_1,option_2,right\non,a.png,x,y,z,2\n,sub\\b.png,\"p, q\",r,,\n");
        ChoiceBenchmark read = Fixture.Choice("csv", path);
        Assert.Equal([2, 0], read.Items.Select(item => item.Right));
        Assert.Equal(["on", ""], read.Items.Select(item => item.Group));
        Assert.Equal(["p, q", "r"], read.Items[1].Options);
        Assert.Equal(_folder["sub/b.png"], read.Items[1].Image.Path);
        Assert.Equal($"{path}, line 3, column image", read.Items[1].Image.Place);
    }

    [Theory]
    [InlineData("image,option_0\na.png,x\n", "the column option_1 is missing")]
    [InlineData("image,option_0,option_1,right\na.png,x,y,2\n", "line 2, column right: 2 is out of range; 0 to 1 expected")]
    [InlineData("image,option_0,option_1,right\na.png,x,y,one\n", "line 2, column right: 'one'")]
    [InlineData("image,option_0,option_1,option_2\na.png,x,,z\n", "line 2, column option_1")]
    [InlineData("image,option_0,option_1\na.png,x,\n", "line 2, column option_1")]
    [InlineData("image,option_0,option_1\nb.png,x,y\n", "line 2, column image: image 'b.png' does not exist; looked for")]
    [InlineData("image,image,option_0,option_1\na.png,a.png,x,y\n", "line 1: two columns are named image")]
    [InlineData("image,option_0,option_1\na.png,\"x\"y,z\n", "line 2: a quotation mark")]
    [InlineData("image,option_0,option_1\na.png,\"x,y\na.png,\"p\",q\n", "line 2")]
    [InlineData("image\toption_0\toption_1\na.png\tx\ty\n", "separated by tabs")]
    [InlineData("\n \n", "is empty")]
    public void Own_CSV_names_what_is_wrong(string text, string part)
    {
        Images("a.png");
        Fails("csv", Write("own.csv", text), part);
    }

    // One of the 25,014 published captions is empty, and its own program searches for it, too.
    [Fact]
    public void An_empty_caption_to_search_for_counts_like_any_other_and_is_said()
    {
        Images("a.png", "b.png");
        string path = Write(
            "COCO_val_negated_retrieval_llama3.1_rephrased_affneg_true.csv",
            "filepath,captions\na.png,\"['a dog', '']\"\nb.png,\"['a cat']\"\n"
        );
        RetrievalBenchmark read = Fixture.Retrieval("negbench-retrieval-negated", _folder.Path);
        Assert.Equal([("a dog", 0), ("", 0), ("a cat", 1)], read.Captions.Select(caption => (caption.Text, caption.Image)));
        string warning = Assert.Single(read.Warnings);
        Assert.StartsWith("1 of 3 captions are empty", warning, StringComparison.Ordinal);
        Assert.Contains($"{path}, line 2, column captions, caption 1", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_JSON_lines_have_options_and_the_right_one()
    {
        Images("a.png");
        string path = Write(
            "own.jsonl",
            "{\"image\":\"a.png\",\"options\":[\"x\",\"y\"],\"right\":1,\"group\":\"g\"}\r\n\n"
                + "{\"image\":\"a.png\",\"options\":[\"x\",\"y\",\"z\"]}"
        );
        ChoiceBenchmark read = Fixture.Choice("jsonl", path);
        Assert.Equal(
            [("a.png", 1, "g", 2), ("a.png#2", 0, "", 3)],
            read.Items.Select(item => (item.Id, item.Right, item.Group, item.Options.Count))
        );
        Assert.True(BenchmarkCatalog.Find("jsonl").IsPresent(path));
        Assert.False(BenchmarkCatalog.Find("csv").IsPresent(path));
    }

    [Theory]
    [InlineData("{\"image\":\"a.png\",\"options\":[\"x\",\"y\"]}\n{\"image\":\"a.p", "line 2: the JSON stops in the middle, after")]
    [InlineData("{\"image\":\"a.png\",\"options\":[\"x\"]}", "line 1, field options: expected 2 texts or more")]
    [InlineData("{\"image\":\"a.png\",\"options\":\"x\"}", "line 1, field options: expected a list")]
    [InlineData(
        "{\"image\":\"a.png\",\"options\":[\"x\",\"y\"],\"right\":2}",
        "line 1, field right: expected a whole number from 0 to 1, found 2"
    )]
    [InlineData(
        "{\"image\":\"a.png\",\"options\":[\"x\",\"\\ud800\"]}",
        "line 1, field options[1]: the text has an escape that is half a character"
    )]
    [InlineData("[1]", "line 1: expected an object with the field image")]
    public void Own_JSON_lines_name_what_is_wrong(string text, string part)
    {
        Images("a.png");
        Fails("jsonl", Write("own.jsonl", text), part);
    }

    [Fact]
    public void Distractors_of_relations_are_the_same_in_every_run()
    {
        Images("rel/images/val/r.png", "rel/images/val/s.png");
        Write(
            "rel/val.json",
            """{"r.png": {"pos": ["cube left sphere", "sphere behind cylinder"]}, "s.png": {"pos": ["cube front cube"]}}"""
        );
        ChoiceBenchmark read = Fixture.Choice("clevrbind-rel-val", _folder.Path);
        Assert.Equal(["r.png#0", "r.png#1", "s.png#0"], read.Items.Select(item => item.Id));
        Assert.Equal(
            ["cube left sphere", "sphere left cube", "cube right sphere", "cylinder left sphere", "cube left cylinder"],
            read.Items[0].Options
        );
        Assert.Equal(
            ["sphere behind cylinder", "cylinder behind sphere", "sphere front cylinder", "cube behind cylinder", "sphere behind cube"],
            read.Items[1].Options
        );
        Assert.Equal(["left", "behind", "front"], read.Items.Select(item => item.Group));
        Assert.Contains("same text", Assert.Single(read.Warnings), StringComparison.Ordinal);
        Assert.Equal(
            read.Items.Select(item => string.Join('|', item.Options)),
            Fixture.Choice("clevrbind-rel-val", _folder.Path).Items.Select(item => string.Join('|', item.Options))
        );
    }

    [Theory]
    [InlineData("""{"r.png": {"pos": ["cube above sphere"]}}""", "image r.png, field pos[0]: 'cube above sphere' is not of the form")]
    [InlineData("""{"r.png": {"neg": []}}""", "image r.png: the field pos is missing")]
    [InlineData("[]", "expected an object, found []")]
    public void Relations_name_what_is_wrong(string text, string part)
    {
        Images("rel/images/val/r.png");
        Write("rel/val.json", text);
        Fails("clevrbind-rel-val", _folder.Path, part);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("val")]
    [InlineData("test")]
    public void Single_objects_share_one_folder_of_pictures(string split)
    {
        Images("clevr_bind/single_object/images/a.png");
        Write($"clevr_bind/single_object/{split}.csv", "file_name,pos,neg_0,neg_1,neg_2,neg_3\na.png,red cube,b,c,d,e\n");
        Assert.Equal(0, Assert.Single(Fixture.Choice($"clevrbind-single-{split}", _folder.Path).Items).Right);
    }

    [Fact]
    public void A_picture_of_another_split_is_not_taken()
    {
        Images("two_object/images/train/a.png");
        Write("two_object/val.csv", "file_name,pos,neg_0,neg_1,neg_2,neg_3\na.png,red cube,b,c,d,e\n");
        Assert.Throws<FileNotFoundException>(() => Fixture.Choice("clevrbind-val", _folder.Path));
    }

    [Fact]
    public void Two_pictures_that_fit_equally_are_an_error()
    {
        Images("x/val2017/000000000001.jpg", "y/val2017/000000000001.jpg");
        Write("coco_qa_one_obj.json", """[[1, "A photo of a cat on the left", "A photo of a cat on the right"]]""");
        Fails("coco-qa-1", _folder.Path, "item index 0, position 0: image '000000000001.jpg' is ambiguous");
        Images("val2017/000000000001.jpg");
        Assert.Equal(_folder["val2017/000000000001.jpg"], Assert.Single(Fixture.Choice("coco-qa-1", _folder.Path).Items).Image.Path);
    }

    [Fact]
    public void Paths_of_other_machines_are_found_by_their_ends()
    {
        Images("pictures/deep/val2017/1.jpg", "pictures/deep/train2017/1.jpg", "2.jpg");
        string absolute = _folder["2.jpg"];
        string path = Write(
            "data/images/COCO_val_mcq_llama3.1_rephrased.csv",
            "correct_answer,caption_0,caption_1,caption_2,caption_3,correct_answer_template,image_path\n"
                + "0,a,b,c,d,positive,/home/someone/coco/val2017/1.jpg\n0,a,b,c,d,positive,C:\\coco\\train2017\\1.jpg\n1,a,b,c,d,hybrid,"
                + absolute
                + "\n"
        );
        ChoiceBenchmark read = Fixture.Choice("negbench-coco", _folder.Path);
        Assert.Equal(
            [_folder["pictures/deep/val2017/1.jpg"], _folder["pictures/deep/train2017/1.jpg"], absolute],
            read.Items.Select(item => item.Image.Path)
        );
        // A right answer that stands elsewhere leaves the types of the captions open.
        Assert.Empty(read.Items[2].OptionTypes);
        Assert.Contains($"{path}, line 4, column correct_answer: 1", Assert.Single(read.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Karpathy_splits_give_their_test_pictures()
    {
        Images("val2014/a.jpg", "b.jpg");
        Write(
            "dataset_coco.json",
            """
            {"images": [{"filename": "a.jpg", "filepath": "val2014", "split": "test", "sentences": [{"raw": "A Cat."}, {"raw": "Two."}]},
                        {"filename": "c.jpg", "filepath": "train2014", "split": "train", "sentences": [{"raw": "x"}]}], "dataset": "coco"}
            """
        );
        RetrievalBenchmark read = Fixture.Retrieval("coco-retrieval", _folder.Path);
        Assert.Equal(["A Cat.", "Two."], read.Captions.Select(caption => caption.Text));
        Assert.Equal(_folder["val2014/a.jpg"], Assert.Single(read.Images).Path);

        Write("dataset_flickr30k.json", """{"images": [{"filename": "b.jpg", "split": "test", "sentences": [{"raw": "B"}]}]}""");
        Assert.Single(Fixture.Retrieval("flickr-retrieval", _folder.Path).Captions);
    }

    [Fact]
    public void COCO_captions_belong_to_their_pictures()
    {
        Images("val2017/a.jpg", "val2017/b.jpg");
        Write(
            "annotations/captions_val2017.json",
            """
            {"images": [{"id": 7, "file_name": "a.jpg"}, {"id": 3, "file_name": "b.jpg"}],
             "annotations": [{"image_id": 3, "id": 1, "caption": "B one"}, {"image_id": 7, "id": 2, "caption": "A"},
                             {"image_id": 3, "id": 3, "caption": "B two"}]}
            """
        );
        RetrievalBenchmark read = Fixture.Retrieval("coco-retrieval", _folder.Path);
        Assert.Equal([("A", 0), ("B one", 1), ("B two", 1)], read.Captions.Select(caption => (caption.Text, caption.Image)));
    }

    [Theory]
    [InlineData("""{"images": [{"filename": "a.jpg", "split": "val", "sentences": []}]}""", "no image is of the split test; found val")]
    [InlineData(
        """{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 2, "caption": "x"}]}""",
        "field annotations[0].image_id: there is no image of the id 2"
    )]
    [InlineData("""{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": []}""", "no captions")]
    [InlineData("""{"pictures": []}""", "found an object with the fields pictures")]
    public void Retrieval_files_name_what_is_wrong(string text, string part)
    {
        Images("a.jpg");
        Write("dataset_coco.json", text);
        Fails("coco-retrieval", _folder.Path, part);
    }

    [Fact]
    public void Retrieval_leaves_out_missing_pictures_with_their_captions()
    {
        Images("b.jpg");
        Write("flickr30k_test.json", """[{"image": "a.jpg", "caption": ["x"]}, {"image": "b.jpg", "caption": ["y", "z"]}]""");
        RetrievalBenchmark read = Fixture.Retrieval("flickr-retrieval", _folder.Path, options => options with { SkipMissing = true });
        Assert.Equal([0, 0], read.Captions.Select(caption => caption.Image));
        Assert.Contains("item index 0, field image: image 'a.jpg'", Assert.Single(read.Missing), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_in_two_rows_is_a_warning()
    {
        Images("val2017/1.jpg");
        Write("COCO_val_retrieval.csv", "filepath,captions\nval2017/1.jpg,['a']\nval2017/1.jpg,['b']\n");
        RetrievalBenchmark read = Fixture.Retrieval("negbench-retrieval", _folder.Path);
        Assert.Equal(2, read.Images.Count);
        Assert.Contains("line 3", Assert.Single(read.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Order_without_options_says_how_to_get_them()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Fixture.Choice("coco-order", Fixture.Path("aro")));
        Assert.All(
            (string[])["coco-order", "spaCy", "JSON", "coco_karpathy_test.json", "vision-language-models-are-bows"],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("""[["a cat", "b", "c", "d"]]""", "item index 0: expected 5 texts, found 4")]
    [InlineData("""[["a dog", "b", "c", "d", "e"]]""", "item index 0, position 0: 'a dog' is not the caption 'a cat'")]
    [InlineData("""[["a cat", "b", "c", "d", "e"]]""", "has 1 lists of options")]
    [InlineData(
        """[["a cat", "b", "c", "d", "e"], ["two", "b", "c", "d", "e"], ["two", "b", "c", "d", "e"]]""",
        "has 3 lists of options, but"
    )]
    public void Order_options_must_fit_the_captions(string options, string part)
    {
        Images("a.jpg");
        Write("coco_karpathy_test.json", """[{"image": "a.jpg", "caption": ["A cat.", "Two!"]}]""");
        string path = Write("options.json", options);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            Fixture.Choice("coco-order", _folder.Path, o => o with { OrderOptions = path })
        );
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_picture_of_the_same_set_and_relation_is_a_warning()
    {
        Images("data/controlled_images/mug_on_table.jpeg");
        string item = """{"image_path": "data/controlled_images/mug_on_table.jpeg", "caption_options": ["a", "b", "c", "d"]}""";
        Write("data/controlled_images_dataset.json", $"[{item}, {item}]");
        ChoiceBenchmark read = Fixture.Choice("whatsup-a", _folder.Path);
        Assert.Contains("item index 1", Assert.Single(read.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, read.Items.Select(choice => choice.Id).Distinct().Count());
    }

    [Fact]
    public void A_picture_missing_under_both_names_names_both()
    {
        Write(
            "data/controlled_images_dataset.json",
            """[{"image_path": "data/controlled_images/mug_on_table.jpeg", "caption_options": ["a", "b", "c", "d"]}]"""
        );
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => Fixture.Choice("whatsup-a", _folder.Path));
        Assert.Contains("mug_on_table.jpeg", error.Message, StringComparison.Ordinal);
        Assert.Contains("mug_above_table.jpeg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UTF16_is_named()
    {
        string path = _folder["own.csv"];
        File.WriteAllText(path, "image,option_0,option_1\n", Encoding.Unicode);
        Fails("csv", path, "UTF-16");
    }

    [Fact]
    public void An_error_of_another_decoder_gets_the_place()
    {
        Images("a.png");
        var image = new BenchmarkImage("a.png", _folder["a.png"], "val.csv, line 3, column file_name");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            BenchmarkPicture.Open<int>(image, path => throw new InvalidDataException($"{path}: damaged."))
        );
        Assert.Equal($"{_folder["a.png"]}: damaged; named by val.csv, line 3, column file_name", error.Message);
    }

    private void Fails(string benchmark, string root, string part)
    {
        Exception? error = Record.Exception(() => Fixture.Read(benchmark, root));
        Assert.True(error is InvalidDataException or FileNotFoundException, $"{error}");
        Assert.StartsWith(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private void Images(params string[] names)
    {
        foreach (string name in names)
            Write(name, "x");
    }

    private string Write(string name, string text)
    {
        string path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
