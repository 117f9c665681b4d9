using System.Text.Json;

namespace Dcsm.Cli.Tests;

/// <summary>The published benchmarks, as small sets of their layouts.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed class EvalBenchmarkCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void List_tells_what_each_benchmark_needs()
    {
        CliResult run = Cli.Run("eval", "list").Succeeds();
        foreach (
            string part in new[]
            {
                "whatsup-a",
                "controlled_images_dataset.json",
                "negbench-retrieval-negated",
                "license",
                "chance   25 %",
                "size     400",
                "csv",
            }
        )
        {
            Assert.Contains(part, run.Out, StringComparison.Ordinal);
        }

        JsonElement list = Cli.Run("eval", "list", "--json").Succeeds().Json();
        Assert.True(list.GetArrayLength() >= 25);
        Assert.All(
            list.EnumerateArray(),
            entry =>
                Assert.All(
                    ["name", "title", "files", "source", "license", "chance"],
                    field => Assert.NotEmpty(entry.GetProperty(field).GetString()!)
                )
        );
    }

    [Fact]
    public void A_run_writes_figures_items_tables_and_a_report()
    {
        string directory = _folder["run"];
        CliResult run = Cli.Run([.. Arguments("whatsup-a", "whatsup"), "--out", directory, "--details", "--with-published"]).Succeeds();
        foreach (
            string part in new[]
            {
                "whatsup-a, percent",
                "CLIP",
                "DCSM",
                "pairs",
                "sets",
                "by group",
                "DCSM − CLIP",
                "(published, of other data)",
            }
        )
        {
            Assert.Contains(part, run.Out, StringComparison.Ordinal);
        }

        JsonElement results = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "results.json"))).RootElement;
        Assert.Equal(12, results.GetProperty("items").GetInt32());
        Assert.StartsWith(
            "sha256:",
            results.GetProperty("annotationFiles").EnumerateObject().Single().Value.GetString(),
            StringComparison.Ordinal
        );
        JsonElement figures = results.GetProperty("results")[1].GetProperty("figures");
        Assert.InRange(figures.GetProperty("direct.first.accuracy").GetDouble(), 0, 1);
        Assert.InRange(figures.GetProperty("official.set_accuracy_percent").GetDouble(), 0, 100);
        Assert.Equal("DCSM", results.GetProperty("comparisons")[0].GetProperty("first").GetString());

        string[] items = File.ReadAllLines(Path.Combine(directory, "items.csv"));
        Assert.Equal(13, items.Length);
        Assert.EndsWith("DCSM scores,DCSM choice,DCSM is_right,DCSM is_tie", items[0], StringComparison.Ordinal);
        string report = File.ReadAllText(Path.Combine(directory, "report.html"));
        Assert.Contains("data:image/jpeg;base64,", report, StringComparison.Ordinal);
        Assert.Contains("Dense map", report, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", report, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", report, StringComparison.Ordinal);
        Assert.Contains("whatsup-a", File.ReadAllText(Path.Combine(directory, "table.md")), StringComparison.Ordinal);
        Assert.Contains("tabular", File.ReadAllText(Path.Combine(directory, "table.tex")), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(directory, "embeddings"), "*", SearchOption.AllDirectories));

        // The same again, from what is on disk.
        string before = File.ReadAllText(Path.Combine(directory, "items.csv"));
        Cli.Run([.. Arguments("whatsup-a", "whatsup"), "--out", directory]).Succeeds();
        Assert.Equal(before, File.ReadAllText(Path.Combine(directory, "items.csv")));

        CliResult compared = Cli.Run("eval", "compare", directory, directory).Succeeds();
        Assert.Contains("macro average", compared.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void All_runs_what_it_finds_and_says_what_is_missing()
    {
        string directory = _folder["all"];
        CliResult run = Cli.Run(
            "eval",
            "all",
            "--data",
            FixtureFiles.Path(),
            "--clip",
            models.Clip,
            "--head",
            models.Head,
            "--out",
            directory
        );
        // What can't be run doesn't cost the others, and is not forgotten.
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            run.Error.Split('\n'),
            line => line.StartsWith("dcsm: ", StringComparison.Ordinal) && line.Contains(" benchmarks could not be run: coco-order")
        );
        Assert.Matches("negbench-retrieval: every caption with every picture is [0-9\u202F]+ scores; .* MB of .*scores.jsonl", run.Error);
        foreach (
            string part in new[]
            {
                "clevrbind-gen",
                "ncd-2",
                "vg-attribution",
                "whatsup-b",
                "vg-qa-2",
                "negbench-synthetic",
                "text→image R@1",
                "sugarcrepe",
                "crepe-systematicity-cc12m",
                "group score",
                "mean average precision",
            }
        )
        {
            Assert.Contains(part, run.Out, StringComparison.Ordinal);
        }

        Assert.Contains("not found: clevrbind-rel-val needs", run.Error, StringComparison.Ordinal);
        Assert.Contains("coco-order", run.Error, StringComparison.Ordinal); // its options cannot be made up
        Assert.True(File.Exists(Path.Combine(directory, "negbench-retrieval", "report.html")));

        Cli.Run("eval", "compare", directory, directory, "--format", "markdown").Succeeds();
        Cli.Run("eval", "all", "--data", Directory.CreateDirectory(_folder["empty"]).FullName, "--clip", models.Clip)
            .FailsWith("eval list");
    }

    [Fact]
    public void Official_texts_change_what_is_scored()
    {
        string[] arguments = Arguments("whatsup-b", "whatsup");
        JsonElement plain = Cli.Run([.. arguments, "--json", "--quiet"]).Succeeds().Json();
        JsonElement official = Cli.Run([.. arguments, "--json", "--quiet", "--compat", "official"]).Succeeds().Json();
        Assert.Equal("as published", plain.GetProperty("arguments").GetProperty("texts").GetString());
        Assert.Equal("official", official.GetProperty("arguments").GetProperty("texts").GetString());
    }

    [Fact]
    public void A_missing_picture_stops_the_run_or_is_counted()
    {
        string data = _folder["data"];
        Repository.Copy(FixtureFiles.Path("clevr_bind"), data);
        string images = Path.Combine(data, "two_object", "images", "val");
        string[] pictures = [.. Directory.EnumerateFiles(images).Order()];
        File.Delete(pictures[0]);
        File.WriteAllText(pictures[1], "<html>");

        string[] arguments = ["eval", "clevrbind-val", "--data", data, "--clip", models.Clip];
        Cli.Run(arguments).FailsWith("val.csv", "line 2", "file_name");
        JsonElement result = Cli.Run([.. arguments, "--skip-missing", "--json", "--quiet"]).Succeeds().Json();
        Assert.Equal(
            (6, 1, 1),
            (
                result.GetProperty("items").GetInt32(),
                result.GetProperty("missing").GetArrayLength(),
                result.GetProperty("skipped").GetArrayLength()
            )
        );
    }

    [Theory]
    [InlineData("clevr_missing_image", "clevrbind-val", "line 3", "file_name", "gone.png")]
    [InlineData("clevr_image_truncated", "clevrbind-val", "a.png", "damaged", "line 2")]
    [InlineData("clevr_path_escape", "clevrbind-val", "line 2", "file_name")]
    [InlineData("whatsup_three_options", "whatsup-a", "item index 2", "caption_options")]
    [InlineData("vga_box_of_zero_width", "vg-attribution", "item index 1", "bbox_w")]
    [InlineData("negbench_unclosed_quote", "negbench-coco", "line 3")]
    [InlineData("retrieval_captions_are_code", "negbench-retrieval", "line 2", "captions")]
    public void Malformed_files_end_with_one_line_that_names_the_place(string set, string benchmark, params string[] parts) =>
        Cli.Run("eval", benchmark, "--data", FixtureFiles.Path("bad", set), "--clip", models.Clip, "--out", _folder["out"])
            .FailsWith(parts);

    [Fact]
    public void A_file_of_ones_own_is_a_benchmark()
    {
        string csv = _folder.Write(
            "mine.csv",
            $"image,option_0,option_1,right,group\n{models.Picture},a red apple,a blue car,0,x\n{models.Picture},a cat,a horse,1,y\n"
        );
        JsonElement result = Cli.Run("eval", "csv", "--data", csv, "--clip", models.Clip, "--head", models.Head, "--json", "--quiet")
            .Succeeds()
            .Json();
        Assert.Equal((2, 1), (result.GetProperty("items").GetInt32(), result.GetProperty("images").GetInt32()));
    }

    [Theory]
    [InlineData("winoground", "text score", "winoground by group, percent", "DCSM − CLIP")]
    [InlineData("vsr-random", "AUROC", "vsr-random by category, percent", "said to be true above", "Thresholds are chosen on 8 other")]
    [InlineData("cola-gqa", "mean average precision", "2 labels left out of the mean")]
    [InlineData("sugarcrepe", "sugarcrepe by category, percent", "sugarcrepe by group, percent", "swap_obj", "GPT-4V")]
    public void Benchmarks_of_composition_have_tables_and_pages(string benchmark, params string[] parts)
    {
        string directory = _folder["run"];
        CliResult run = Cli.Run([.. Arguments(benchmark, "composition"), "--out", directory, "--details", "--with-published"]).Succeeds();
        Assert.All(parts, part => Assert.Contains(part, run.Out, StringComparison.Ordinal));
        string report = File.ReadAllText(Path.Combine(directory, "report.html"));
        Assert.Contains(benchmark == "cola-gqa" ? "<svg" : "data:image/jpeg;base64,", report, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", report, StringComparison.Ordinal);
        Assert.NotEmpty(File.ReadAllLines(Path.Combine(directory, "items.csv")));

        // From what is on disk the same again, and one beside the other.
        string before = File.ReadAllText(Path.Combine(directory, "items.csv"));
        Cli.Run([.. Arguments(benchmark, "composition"), "--out", directory]).Succeeds();
        Assert.Equal(before, File.ReadAllText(Path.Combine(directory, "items.csv")));
        Cli.Run("eval", "compare", directory, directory).Succeeds();
    }

    [Fact]
    public void Captions_are_compared_with_each_other_without_their_pictures()
    {
        string directory = _folder["run"];
        string[] arguments = ["eval", "sugarcrepe-pp-text", "--data", FixtureFiles.Path("sugarcrepe-pp", "data"), "--clip", models.Clip];
        CliResult run = Cli.Run([.. arguments, "--head", models.Head, "--out", directory, "--json"]).Succeeds();
        Assert.Contains("which DCSM can't", run.Error, StringComparison.Ordinal);
        JsonElement result = run.Json(),
            figures = result.GetProperty("results").EnumerateArray().Single().GetProperty("figures");
        string[] lines = [.. File.ReadLines(Path.Combine(directory, "items.csv")).Skip(1)];
        Assert.Equal((0, lines.Length), (result.GetProperty("images").GetInt32(), result.GetProperty("items").GetInt32()));
        Assert.Equal(lines.Average(line => line[^1] - '0'), figures.GetProperty("direct.strict.accuracy").GetDouble(), 12);
        Assert.True(figures.TryGetProperty("official.swap_obj.text_only_task", out _));
        Assert.Contains("Captions alone", File.ReadAllText(Path.Combine(directory, "report.html")), StringComparison.Ordinal);
        Cli.Run([.. arguments, "--out", _folder["parts"], "--shard", "1/2"]).FailsWith("--shard", "sugarcrepe-pp-text");
    }

    [Fact]
    public void The_three_forms_of_ones_own_are_as_the_page_has_them()
    {
        string page = File.ReadAllText(Repository.Path("docs", "benchmarks.md"));
        string[] examples =
        [
            .. page[page.IndexOf("## One's own", StringComparison.Ordinal)..]
                .Split("```")
                .Where(block => block.StartsWith("csv\n", StringComparison.Ordinal))
                .Select(block => block[4..]),
        ];
        string[] figures = ["direct.strict.accuracy", "direct.strict.group_score", "direct.auroc"];
        Assert.Equal(figures.Length, examples.Length);
        foreach (string name in (string[])["mug.jpg", "table.jpg"])
            File.Copy(models.Picture, _folder[name]);
        for (int i = 0; i < figures.Length; i++)
        {
            string csv = _folder.Write($"own{i}.csv", examples[i]);
            JsonElement result = Cli.Run("eval", "csv", "--data", csv, "--clip", models.Clip, "--json", "--quiet").Succeeds().Json();
            Assert.True(result.GetProperty("results")[0].GetProperty("figures").TryGetProperty(figures[i], out _), examples[i]);
        }
    }

    [Fact]
    public void Killed_in_the_middle_it_goes_on_and_ends_the_same()
    {
        string data = Generate(60);
        string[] arguments =
        [
            "eval",
            "csv",
            "--data",
            data,
            "--clip",
            models.Clip,
            "--head",
            models.Head,
            "--batch",
            "1",
            "--no-cache",
            "--out",
        ];
        Cli.Run([.. arguments, _folder["whole"]]).Succeeds();
        using (var cli = Cli.Start([.. arguments, _folder["killed"]]))
        {
            cli.WaitForFile(Path.Combine(_folder["killed"], "scores.jsonl"));
            cli.Kill();
        }

        Assert.False(File.Exists(Path.Combine(_folder["killed"], "results.json")));
        Cli.Run([.. arguments, _folder["killed"]]).Succeeds();
        Assert.Equal(
            File.ReadAllText(Path.Combine(_folder["whole"], "items.csv")),
            File.ReadAllText(Path.Combine(_folder["killed"], "items.csv"))
        );
    }

    private string Generate(int items)
    {
        string[] pictures = [.. Directory.EnumerateFiles(Path.Combine(models.Scenes, "images")).Order()];
        IEnumerable<string> lines = Enumerable
            .Range(0, items)
            .Select(i => $"{pictures[i % pictures.Length]},a red apple {i},a blue car {i},{i % 2}");
        return _folder.Write("many.csv", "image,option_0,option_1,right\n" + string.Join('\n', lines) + "\n");
    }

    [Fact]
    public void Crops_of_pictures_that_Skia_does_not_know_are_measured_and_a_pixel_limit_is_kept()
    {
        byte[] pixels = new byte[3 * 40 * 30];
        File.WriteAllBytes(_folder.Write("images/a.ppm", ""), [.. "P6 40 30 255\n"u8, .. pixels]);
        string item =
            "{\"image_path\": \"a.ppm\", \"bbox_x\": 0, \"bbox_y\": 0, \"bbox_w\": 20, \"bbox_h\": 20, \"true_caption\": \"a red apple\", "
            + "\"false_caption\": \"a blue apple\", \"relation_name\": \"on\"}";
        _folder.Write("visual_genome_relation.json", $"[{item}]");
        string[] arguments = ["eval", "vg-relation", "--data", _folder.Path, "--clip", models.Clip, "--out", _folder["out"]];
        Cli.Run(arguments).Succeeds();
        Assert.Contains("\"orientation\": \"ignore\"", File.ReadAllText(_folder["out/results.json"]), StringComparison.Ordinal);
        Cli.Run([.. arguments[..^1], _folder["limited"], "--max-pixels", "1000"]).FailsWith("a.ppm", "at most 1000");
        Cli.Run("explain", _folder["images/a.ppm"], "-c", "a red apple", "--out", _folder["a.png"], "--clip", models.Clip).Succeeds();
        Cli.Run("explain", _folder["images/a.ppm"], "-c", "x", "--out", _folder["b.png"], "--clip", models.Clip, "--max-pixels", "1000")
            .FailsWith("a.ppm", "at most 1000");
    }

    private string[] Arguments(string benchmark, string fixture) =>
        ["eval", benchmark, "--data", FixtureFiles.Path(fixture), "--clip", models.Clip, "--head", models.Head];
}
