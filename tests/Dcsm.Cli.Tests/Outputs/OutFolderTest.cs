namespace Dcsm.Cli.Tests.Outputs;

/// <summary>What lies in a folder that a command is to write: trained weights, or another run.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed class OutFolderTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_run_into_one_folder_is_refused_and_names_the_first()
    {
        string directory = _folder["out"];
        using var first = Cli.Start([.. models.TrainArguments(directory), "--steps", "1000000"]);
        first.WaitForFile(Path.Combine(directory, "run.json"));
        byte[] run = File.ReadAllBytes(Path.Combine(directory, "run.json"));
        Cli.Run([.. models.TrainArguments(directory), "--steps", "3", "--seed", "2"]).FailsWith(directory, "dcsm train --clip");
        Cli.Run("eval", "scenes", "--clip", models.Clip, "--head", models.Head, "--out", directory).FailsWith(directory, "process ");
        Assert.Equal(run, File.ReadAllBytes(Path.Combine(directory, "run.json")));

        first.Kill();
        File.Delete(Path.Combine(directory, "checkpoint.safetensors"));
        Cli.Run([.. models.TrainArguments(directory), "--steps", "1"]).Succeeds();
    }

    [Fact]
    public void A_trained_head_is_replaced_only_when_asked_for()
    {
        string head = models.CopyHead(_folder),
            weights = Path.Combine(head, "dcsm_head.safetensors");
        string[] again = [.. models.TrainArguments(head), "--steps", "1", "--seed", "9"];
        File.Delete(Path.Combine(head, "checkpoint.safetensors"));
        byte[] before = File.ReadAllBytes(weights);

        Cli.Run(again).FailsWith(head, "--overwrite");
        string checkpoint = GoldenFiles.Path("official-dcsm", "checkpoints", "ckpt_zip.pt");
        Cli.Run("head", "import", checkpoint, head).FailsWith(head, "--overwrite");
        Assert.Equal(before, File.ReadAllBytes(weights));

        Cli.Run([.. again, "--overwrite"]).Succeeds();
        Assert.NotEqual(before, File.ReadAllBytes(weights));
        Assert.DoesNotContain("overwrite", File.ReadAllText(Path.Combine(head, "run.json")), StringComparison.Ordinal);
        Cli.Run(again).Succeeds(); // a run that is over goes on to its end
        Cli.Run([.. models.TrainArguments(head), "--steps", "2", "--overwrite"]).Succeeds();
    }

    [Fact]
    public void A_CLIP_is_replaced_only_when_asked_for()
    {
        string clip = models.CopyClip(_folder),
            weights = Path.Combine(clip, "model.safetensors");
        File.Delete(Path.Combine(clip, "checkpoint.safetensors"));
        string[] pretrain = [.. models.PretrainArguments(clip), "--steps", "1", "--seed", "9"],
            convert = ["clip", "convert", GoldenFiles.Path("checkpoints", "openai_vit_tiny.pt"), clip];
        byte[] before = File.ReadAllBytes(weights);

        Cli.Run(pretrain).FailsWith(clip, "--overwrite");
        Cli.Run(convert).FailsWith(clip, "--overwrite");
        Assert.Equal(before, File.ReadAllBytes(weights));

        Cli.Run([.. pretrain, "--overwrite"]).Succeeds();
        byte[] trained = File.ReadAllBytes(weights);
        Assert.NotEqual(before, trained);
        Cli.Run([.. convert, "--overwrite"]).Succeeds();
        Assert.NotEqual(trained, File.ReadAllBytes(weights));
    }
}
