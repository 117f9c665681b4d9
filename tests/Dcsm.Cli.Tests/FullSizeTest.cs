using System.Text.Json;

namespace Dcsm.Cli.Tests;

/// <summary>The commands on a CLIP of ViT-B/16's size, so that real weights need nothing but their directory's name.</summary>
[Trait("Size", "Full")]
public sealed class FullSizeTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_head_is_trained_and_scores_and_is_judged_on_a_B16()
    {
        using var clip = FormulaClip.Write(GoldenFiles.Path("clip-full", "clip-vit-base-patch16"), GoldenFiles.Path("tokenizer"));
        JsonElement info = Cli.Run("clip", "info", clip.Directory, "--json").Succeeds().Json();
        Assert.Equal((197, 512), (info.GetProperty("image").GetProperty("tokens").GetInt32(), info.GetProperty("dimension").GetInt32()));

        string head = _folder["head"];
        Cli.Run(
                "train",
                "--clip",
                clip.Directory,
                "--out",
                head,
                "--steps",
                "2",
                "--samples",
                "1",
                "--pool",
                "2",
                "--validation-samples",
                "1"
            )
            .Succeeds();
        Assert.Equal(
            info.GetProperty("fingerprint").GetString(),
            Cli.Run("head", "info", head, "--json").Succeeds().Json().GetProperty("clip").GetProperty("fingerprint").GetString()
        );

        string[] pictures = [Repository.Path("data/samples/color.png"), Repository.Path("data/verify/test_image2.jpg")];
        JsonElement scores = Cli.Run([
                "score",
                .. pictures,
                "-c",
                "a red teapot and a blue car",
                "-c",
                "a bus",
                "--clip",
                clip.Directory,
                "--head",
                head,
                "--json",
            ])
            .Succeeds()
            .Json()
            .GetProperty("scores");
        Assert.Equal(4, scores.GetArrayLength());
        Assert.All(scores.EnumerateArray(), score => Assert.True(double.IsFinite(score.GetProperty("score").GetDouble())));

        JsonElement cells = Cli.Run(
                "eval",
                "scenes",
                "--clip",
                clip.Directory,
                "--head",
                head,
                "--samples",
                "1",
                "--part",
                "unseen-objects",
                "--json"
            )
            .Succeeds()
            .Json()
            .GetProperty("cells");
        Assert.Equal(2 * 5, cells.GetArrayLength());
    }
}
