using System.Text.Json;

namespace Dcsm.Cli.Tests.Train;

/// <summary>Ablations, and ways of adapting a CLIP.</summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed class TrainCompareTest(TinyModels models) : IDisposable
{
    private const string All = "probe,dcsm,projection,lora,full";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_ablation_trains_compares_and_goes_on()
    {
        string[] Arguments(string steps) =>
            [
                "train",
                "ablate",
                "--clip",
                models.Clip,
                "--out",
                _folder["ablation"],
                "--variants",
                "mlp,without-color",
                "--seeds",
                "2",
                "--scenes",
                "4",
                "--steps",
                steps,
                "--samples",
                "2",
                "--test-samples",
                "3",
                "--split-seed",
                TinyModels.SplitSeed,
                "--markdown",
                _folder["ablation.md"],
            ];
        JsonElement result = Cli.Run([.. Arguments("3"), "--json"]).Succeeds().Json();
        Assert.Equal(
            ["baseline", "mlp", "without-color"],
            result.GetProperty("methods").EnumerateArray().Select(method => method.GetProperty("name").GetString())
        );
        Assert.Equal(2, result.GetProperty("methods")[1].GetProperty("seeds").GetInt32());
        // 3 methods, 2 parts, 4 kinds and their mean.
        Assert.Equal(30, result.GetProperty("cells").GetArrayLength());
        string head = Path.Combine(_folder["ablation"], "mlp", "seed-2");
        Assert.Contains("no convolution", Cli.Run("head", "info", head).Succeeds().Out, StringComparison.Ordinal);
        string markdown = File.ReadAllText(_folder["ablation.md"]);
        Assert.Contains("dcsm train ablate", markdown, StringComparison.Ordinal);
        Assert.Contains("| mlp | no convolution", markdown, StringComparison.Ordinal);

        // What is there is taken as it is, what is missing trained.
        byte[] before = File.ReadAllBytes(Path.Combine(head, "dcsm_head.safetensors"));
        Directory.Delete(head, recursive: true);
        CliResult again = Cli.Run(Arguments("3")).Succeeds();
        Assert.Contains("difference", again.Out, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(head, "dcsm_head.safetensors")));
        Cli.Run(Arguments("4")).FailsWith("steps was 3 and is 4");
    }

    [Fact]
    public void Variants_are_listed_and_wrong_ones_named()
    {
        Assert.Contains("rows-structured", Cli.Run("train", "ablate", "--variants", "list").Succeeds().Out, StringComparison.Ordinal);
        Cli.Run("train", "ablate", "--out", _folder["ablation"], "--variants", "mpl").FailsWith("'mpl' is none of the variants");
        Cli.Run("train", "ablate").FailsWith("--out is missing");
        Assert.False(Directory.Exists(_folder["ablation"]));
    }

    [Fact]
    public void Ways_of_adapting_are_compared()
    {
        string[] Arguments(string steps, string methods) =>
            [
                "train",
                "adapt",
                "--clip",
                models.Clip,
                "--out",
                _folder["adapt"],
                "--methods",
                methods,
                "--scenes",
                "4",
                "--steps",
                steps,
                "--samples",
                "2",
                "--test-samples",
                "3",
                "--pictures",
                "1",
                "--split-seed",
                TinyModels.SplitSeed,
                "--markdown",
                _folder["adapt.md"],
            ];
        JsonElement[] methods = [.. Cli.Run([.. Arguments("2", All), "--json"]).Succeeds().Json().GetProperty("methods").EnumerateArray()];
        Assert.Equal(
            ["CLIP as it is", "frozen, linear probe", "frozen, DCSM head", "projections only", "LoRA, rank 8", "full fine-tuning"],
            methods.Select(method => method.GetProperty("name").GetString())
        );
        Assert.Equal(
            methods[0].GetProperty("naming").GetProperty("value").GetDouble(),
            methods[2].GetProperty("naming").GetProperty("value").GetDouble()
        );
        Assert.True(methods[5].GetProperty("parameters").GetInt64() > methods[3].GetProperty("parameters").GetInt64());
        Assert.Contains("| full fine-tuning |", File.ReadAllText(_folder["adapt.md"]), StringComparison.Ordinal);

        // An adapted CLIP is a CLIP like any other.
        Cli.Run("clip", "info", Path.Combine(_folder["adapt"], "lora")).Succeeds();
        DateTime trained = File.GetLastWriteTimeUtc(Path.Combine(_folder["adapt"], "full", "model.safetensors"));
        Assert.Contains("numbers trained", Cli.Run(Arguments("2", All)).Succeeds().Out, StringComparison.Ordinal);
        Assert.Equal(trained, File.GetLastWriteTimeUtc(Path.Combine(_folder["adapt"], "full", "model.safetensors")));
        Cli.Run(Arguments("3", All)).FailsWith("steps was 2 and is 3");
        Cli.Run(Arguments("2", "probe,loar")).FailsWith("'loar' is none of");
    }

    [Fact]
    public void CUDA_on_a_machine_or_build_without_it_is_a_clear_error() =>
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--device", "cuda"])
            .FailsWith("--device cuda: libtorch is here for the processor alone", "--device cpu");
}
