using System.Text.Json;

namespace Dcsm.Cli.Tests.Outputs;

[Collection(TinyModelsGroup.Name)]
public sealed class ExplainCommandTest(TinyModels models) : IDisposable
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G'];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Draws_a_map_for_each_caption()
    {
        CliResult run = Explain("-c", "a red apple left of a car", "-c", "a car", "--out", _folder["maps.png"], "--json").Succeeds();
        JsonElement[] maps = [.. run.Json().GetProperty("maps").EnumerateArray()];
        Assert.Equal([_folder["maps-1.png"], _folder["maps-2.png"]], maps.Select(m => m.GetProperty("file").GetString()));
        Assert.All(maps, m => Assert.Equal(Png, File.ReadAllBytes(m.GetProperty("file").GetString()!)[..4]));
        JsonElement left = maps[0].GetProperty("words").EnumerateArray().Single(w => w.GetProperty("text").GetString() == "left");
        Assert.Equal("left", left.GetProperty("functionalWord").GetString());
        Assert.Equal(16, left.GetProperty("patches").GetArrayLength());
    }

    [Fact]
    public void One_caption_goes_to_the_file_as_named()
    {
        Assert.Contains(_folder["map.png"], Explain("-c", "a car", "--out", _folder["map.png"]).Succeeds().Out, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["map.png"]));
        Explain("-c", "a car", "--out", _folder["int8.png"], "--precision", "int8").Succeeds();
        Assert.True(File.Exists(_folder["int8.png"]));
    }

    // No head was trained on it.
    [Fact]
    public void A_CLIP_of_ones_own_needs_no_head()
    {
        string[] arguments = ["explain", models.Picture, "--clip", models.Clip, "-c", "a red apple", "--out", _folder["map.png"]];
        JsonElement map = Cli.Run([.. arguments, "--json"]).Succeeds().Json().GetProperty("maps")[0];
        Assert.False(map.TryGetProperty("score", out _));
        JsonElement[] words = [.. map.GetProperty("words").EnumerateArray()];
        Assert.Equal(["a", "red", "apple"], words.Select(word => word.GetProperty("text").GetString()));

        JsonElement withHead = Explain("-c", "a red apple", "--out", _folder["head.png"], "--json").Succeeds().Json();
        Assert.Equal(
            withHead
                .GetProperty("maps")[0]
                .GetProperty("words")
                .EnumerateArray()
                .Single(word => word.GetProperty("text").GetString() == "apple")
                .GetProperty("patches")
                .GetRawText(),
            words[2].GetProperty("patches").GetRawText()
        );
        Assert.DoesNotContain("DCSM", Cli.Run([.. arguments, "--head", "none"]).Succeeds().Out, StringComparison.Ordinal);
        Cli.Run("score", models.Picture, "--clip", models.Clip, "-c", "a red apple").FailsWith("--head none");
    }

    [Fact]
    public void A_caption_beyond_the_tokens_of_the_head_is_cut_with_a_warning()
    {
        string caption = string.Concat(Enumerable.Repeat("a red apple and ", 30)) + "a car";
        CliResult run = Explain("-c", "a car", "-c", caption, "--out", _folder["map.png"], "--quiet").Succeeds();
        Assert.Contains("dcsm: warning: caption 2 is longer", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        Explain("--out", _folder["map.png"]).FailsWith("--caption");
        Explain("-c", "", "--out", _folder["map.png"]).FailsWith("caption 1 is empty");
        Explain("-c", "a car", "--out", _folder["map.gif"]).FailsWith(".png");
        Cli.Run("explain", _folder["none.png"], "-c", "a car", "--out", _folder["map.png"]).FailsWith("none.png");
    }

    private CliResult Explain(params string[] arguments) =>
        Cli.Run(["explain", models.Picture, "--clip", models.Clip, "--head", models.Head, .. arguments]);
}
