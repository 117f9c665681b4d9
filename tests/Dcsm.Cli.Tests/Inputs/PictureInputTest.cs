using System.Text.Json;

namespace Dcsm.Cli.Tests.Inputs;

/// <summary>Pictures and pairs as people name and keep them.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed class PictureInputTest : IDisposable
{
    private const string One = "a red apple and a blue car",
        Two = "a blue apple and a red car";
    private readonly TemporaryFolder _folder = new();
    private readonly TinyModels _models;

    public PictureInputTest(TinyModels models)
    {
        _models = models;
        Directory.CreateDirectory(_folder["photos/more"]);
        string[] pictures = [.. Directory.GetFiles(Path.GetDirectoryName(models.Picture)!, "*.png").Order(StringComparer.Ordinal).Take(3)];
        File.Copy(pictures[0], _folder["photos/a.png"]);
        File.Copy(pictures[1], _folder["photos/b.png"]);
        File.Copy(pictures[2], _folder["photos/more/c.png"]);
        _folder.Write("photos/notes.txt", "no picture");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("photos/a.png|photos/b.png", "photos")]
    [InlineData("photos/a.png|photos/b.png|photos/more/c.png", "photos", "--recursive")]
    [InlineData("photos/a.png|photos/b.png", "photos/*.png")]
    [InlineData("photos/a.png|photos/b.png|photos/more/c.png", "photos/**/*.png")]
    [InlineData("photos/more/c.png", "*/mor?/c*")]
    [InlineData("photos/b.png|photos/a.png|photos/b.png", "photos/b.png", "photos")]
    public void Folders_and_patterns_are_pictures(string expected, params string[] names) =>
        Assert.Equal(expected.Split('|'), Images(Score([.. names, "-c", One, "--json"]).Succeeds()));

    [Fact]
    public void A_list_on_standard_input_is_pictures()
    {
        CliResult run = Cli.RunWithInput("photos/b.png\n\nphotos/a.png\n", _folder.Path, Arguments("-", "-c", One, "--json"));
        Assert.Equal(["photos/b.png", "photos/a.png"], Images(run.Succeeds()));
    }

    [Fact]
    public void A_folder_or_pattern_without_pictures_is_said()
    {
        Directory.CreateDirectory(_folder["empty"]);
        Score("empty", "-c", One).FailsWith("empty", "without pictures", "--recursive");
        Score("photos/*.jpg", "-c", One).FailsWith("photos/*.jpg");
    }

    [Fact]
    public void Pictures_that_end_early_and_large_ones_are_taken_or_refused_as_is_said()
    {
        byte[] whole = File.ReadAllBytes(_folder["photos/a.png"]);
        File.WriteAllBytes(_folder["photos/a.png"], whole[..(whole.Length / 2)]);
        Score("photos/a.png", "-c", One).FailsWith("a.png", "cut short");
        CliResult taken = Score("photos/a.png", "-c", One, "--allow-truncated", "--json").Succeeds();
        Assert.Single(Images(taken));
        Assert.Contains("dcsm: warning: photos/a.png: the picture is cut short", taken.Error, StringComparison.Ordinal);
        Score("photos/b.png", "-c", One, "--max-pixels", "10").FailsWith("b.png", "at most 10");
    }

    // The package of ImageSharp is registered by the program itself.
    [Fact]
    public void A_TIFF_in_a_folder_is_a_picture()
    {
        Directory.CreateDirectory(_folder["scans"]);
        byte[] tags =
        [
            .. Tag(256, 2),
            .. Tag(257, 1),
            .. Tag(258, 8),
            .. Tag(259, 1),
            .. Tag(262, 1),
            .. Tag(273, 8),
            .. Tag(277, 1),
            .. Tag(278, 1),
            .. Tag(279, 2),
        ];
        File.WriteAllBytes(_folder["scans/a.tif"], [.. "II*\0"u8, 10, 0, 0, 0, 100, 200, 9, 0, .. tags, 0, 0, 0, 0]);
        Assert.Equal(["scans/a.tif"], Images(Score("scans", "-c", One, "--json").Succeeds()));

        static byte[] Tag(ushort tag, byte value) => [(byte)tag, (byte)(tag >> 8), 3, 0, 1, 0, 0, 0, value, 0, 0, 0];
    }

    [Fact]
    public void Broken_pictures_are_left_out_and_listed()
    {
        Break("photos/b.png");
        Score("photos", "-c", One).FailsWith("b.png", "--skip-broken");
        JsonElement result = Score("photos", "nowhere.png", "-c", One, "-c", Two, "--skip-broken", "--json").Succeeds().Json();
        Assert.Equal(2, result.GetProperty("scores").GetArrayLength());
        Assert.Equal(
            ["photos/b.png", "nowhere.png"],
            result.GetProperty("skipped").EnumerateArray().Select(one => one.GetProperty("image").GetString())
        );

        string[] csv = Score("photos", "-c", One, "--skip-broken", "--csv").Succeeds().Out.TrimEnd().Split('\n');
        Assert.Equal("image,caption,score,probability,error", csv[0]);
        Assert.StartsWith("photos/a.png," + One, csv[1], StringComparison.Ordinal);
        Assert.StartsWith("photos/b.png,,,,", csv[2], StringComparison.Ordinal);
        Assert.Contains("photos/b.png", Score("photos", "-c", One, "--skip-broken").Succeeds().Out, StringComparison.Ordinal);
        Score("photos/b.png", "-c", One, "--skip-broken").FailsWith("b.png");
    }

    [Fact]
    public void Broken_pictures_are_found_while_the_others_are_scored()
    {
        Break("photos/b.png");
        CliResult run = Score("photos", "-c", One, "--skip-broken", "--json").Succeeds();
        Assert.Equal(["photos/a.png"], Images(run));
        Assert.Contains("left out: photos/b.png", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Looking for broken", run.Error, StringComparison.Ordinal);
        // A head that standardizes all maps together knows of them before.
        string[] official = ["-c", One, "-c", Two, "--compat", "official", "--json"];
        Assert.Equal(Scores(["photos/a.png", .. official]), Scores(["photos/a.png", "photos/b.png", "--skip-broken", .. official]));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    public void What_was_done_before_a_broken_picture_is_kept(string format)
    {
        // More than are read at a time.
        for (int i = 0; i < 80; i++)
            File.Copy(_folder["photos/a.png"], _folder[$"photos/more/p{i:00}.png"]);
        Break("photos/more/p79.png");
        string file = _folder["scores." + format];
        CliResult run = Score("photos/more", "-c", One, "--out", file).FailsWith("p79.png");
        Assert.Contains(file + ".part", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
        string part = File.ReadAllText(file + ".part");
        // c.png and those before it.
        Assert.Equal(
            80,
            format == "json" ? JsonDocument.Parse(part).RootElement.GetProperty("scores").GetArrayLength() : part.Split('\n').Length - 2
        );

        Score("photos/more", "-c", One, "--out", file, "--skip-broken").Succeeds();
        Assert.True(File.Exists(file));
        Assert.False(File.Exists(file + ".part"));
    }

    [Theory]
    [InlineData("image,caption\nphotos/a.png,x y\n", "image,caption,score,probability")]
    [InlineData("filepath\ttitle\nphotos/a.png\tx y\n", "image,caption,score,probability")]
    [InlineData("id;image;caption;score\n7;photos\\a.png;x y;9\n", "image,caption,score,probability,id,input_score")]
    [InlineData("label,file_name,text\n1,photos/a.png,x y\n", "image,caption,score,probability,label")]
    [InlineData("what|where\nx y|photos/a.png\n", "image,caption,score,probability", "--columns", "where,what", "--separator", "|")]
    [InlineData("image,caption\nphotos/a.png,x y\nphotos/none.png,z\n", "image,caption,score,probability,error", "--skip-broken")]
    public void Tables_of_pairs_are_read_as_people_keep_them(string table, string header, params string[] options)
    {
        string[] csv = Score(["--pairs", _folder.Write("pairs.csv", table), "--csv", .. options]).Succeeds().Out.TrimEnd().Split('\n');
        Assert.Equal(header, csv[0]);
        Assert.Equal("x y", csv[1].Split(',')[1]);
        if (header.EndsWith("input_score", StringComparison.Ordinal))
            Assert.EndsWith(",7,9", csv[1], StringComparison.Ordinal);
        CliResult piped = Cli.RunWithInput(table, _folder.Path, Arguments(["--pairs", "-", "--csv", .. options]));
        Assert.Equal(csv, piped.Succeeds().Out.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Embeddings_are_made_of_pictures_named_so_too()
    {
        Break("photos/b.png");
        string table = _folder.Write("pairs.tsv", "filepath\ttitle\nphotos/b.png\tx\nphotos/a.png\ty\nnone.png\tz\n");
        string[] encode = ["encode", "photos", "-r", "--pairs", table, "--clip", _models.Clip, "--head", _models.Head, "--out", "store"];
        Cli.RunIn(_folder.Path, [.. encode[..3], .. encode[5..^1], "whole"]).FailsWith("b.png");
        JsonElement result = Cli.RunIn(_folder.Path, [.. encode, "--skip-broken", "--json"]).Succeeds().Json();
        Assert.Equal((2, 1), (result.GetProperty("images").GetInt32(), result.GetProperty("pairs").GetInt32()));
        Assert.Equal(2, result.GetProperty("skipped").GetArrayLength());

        string[] scores = Cli.RunIn(_folder.Path, "score", "--embeddings", "store", "--head", _models.Head, "--csv")
            .Succeeds()
            .Out.Split('\n');
        Assert.StartsWith("photos/a.png,y,", scores[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_come_first()
    {
        float[] scores = Scores("photos", "-r", "-c", One, "--json");
        Assert.Equal(scores.OrderDescending(), Scores("photos", "-r", "-c", One, "--sort", "--json"));
        Assert.Equal(scores.OrderDescending().Take(2), Scores("photos", "-r", "-c", One, "--top", "2", "--json"));
        Assert.Equal(["photos/a.png", "photos/b.png"], Images(Score("photos", "-c", One, "-c", Two, "--top", "1", "--json").Succeeds()));
    }

    [Fact]
    public void Captions_that_were_cut_are_marked()
    {
        string cut = string.Join(" and ", Enumerable.Repeat("a red apple", 40));
        JsonElement[] scores =
        [
            .. Score("photos/a.png", "-c", One, "-c", cut, "--json").Succeeds().Json().GetProperty("scores").EnumerateArray(),
        ];
        Assert.False(scores[0].TryGetProperty("truncated", out _));
        Assert.True(scores[1].GetProperty("truncated").GetBoolean());
        Assert.Contains(
            "image,caption,score,probability,truncated\n",
            Score("photos/a.png", "-c", cut, "--csv").Succeeds().Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Without_a_head_the_score_is_the_cosine()
    {
        JsonElement[] both = [.. Score("photos", "-c", One, "--cosine", "--json").Succeeds().Json().GetProperty("scores").EnumerateArray()];
        CliResult run = Cli.RunIn(_folder.Path, "score", "photos", "-c", One, "--clip", _models.Clip, "--head", "none", "--json");
        Assert.Equal(
            both.Select(score => score.GetProperty("cosine").GetSingle()),
            run.Succeeds().Json().GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("score").GetSingle())
        );
        Assert.Contains(
            "CLIP",
            Cli.RunIn(_folder.Path, "score", "photos", "-c", One, "--clip", _models.Clip, "--head", "none").Succeeds().Out,
            StringComparison.Ordinal
        );
    }

    private void Break(string picture)
    {
        byte[] bytes = File.ReadAllBytes(_folder[picture]);
        File.WriteAllBytes(_folder[picture], bytes[..(bytes.Length / 2)]);
    }

    private float[] Scores(params string[] arguments) =>
        [
            .. Score(arguments)
                .Succeeds()
                .Json()
                .GetProperty("scores")
                .EnumerateArray()
                .Select(score => score.GetProperty("score").GetSingle()),
        ];

    private static IEnumerable<string?> Images(CliResult run) =>
        run.Json().GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("image").GetString());

    private CliResult Score(params string[] arguments) => Cli.RunIn(_folder.Path, Arguments(arguments));

    private string[] Arguments(params string[] arguments) => ["score", .. arguments, "--clip", _models.Clip, "--head", _models.Head];
}
