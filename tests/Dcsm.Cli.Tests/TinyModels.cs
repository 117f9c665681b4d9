namespace Dcsm.Cli.Tests;

/// <summary>A CLIP and a head of a few thousand numbers, made by the commands themselves, once for all tests.</summary>
public sealed class TinyModels : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyModels()
    {
        Names = _folder.Write("names.txt", "apple\nlemon\nbanana\ntomato\ncar\nbus\ncat\nhorse\ntaxi\negg\nrocket\nguitar\n");
        Pretraining = Cli.Run([.. PretrainArguments(Clip), "--steps", "2"]).Succeeds();
        Training = Cli.Run([.. TrainArguments(Head), "--steps", "3", "--json"]).Succeeds();
        Scenes = _folder["scenes"];
        Cli.Run(
                "synth",
                "--out",
                Scenes,
                "--clip",
                Clip,
                "--count",
                "2",
                "--image-size",
                "32",
                "--part",
                "train,unseen-pairs,unseen-objects",
                "--split-seed",
                SplitSeed
            )
            .Succeeds();
        Picture = Path.Combine(Scenes, "images", "train-color-000000.png");
    }

    /// <summary>With so few objects, not every seed holds out a pair.</summary>
    public const string SplitSeed = "3";

    public CliResult Pretraining { get; }

    public CliResult Training { get; }

    public string Names { get; }

    public string Clip => _folder["clip"];

    public string Head => _folder["head"];

    public string Scenes { get; }

    /// <summary>One of the scenes' pictures.</summary>
    public string Picture { get; }

    public string[] PretrainArguments(string directory) =>
        [
            "clip",
            "pretrain",
            "--out",
            directory,
            "--names",
            Names,
            "--batch",
            "8",
            "--image-size",
            "32",
            "--patch-size",
            "8",
            "--width",
            "32",
            "--layers",
            "1",
            "--text-width",
            "32",
            "--text-layers",
            "1",
            "--dimension",
            "16",
        ];

    public string[] TrainArguments(string directory) =>
        [
            "train",
            "--clip",
            Clip,
            "--out",
            directory,
            "--samples",
            "4",
            "--pool",
            "8",
            "--validation-samples",
            "4",
            "--split-seed",
            SplitSeed,
        ];

    /// <summary>A copy of the CLIP to be spoilt.</summary>
    public string CopyClip(TemporaryFolder folder) => Copy(Clip, folder["clip"]);

    /// <summary>A copy of the head to be spoilt.</summary>
    public string CopyHead(TemporaryFolder folder) => Copy(Head, folder["head"]);

    public void Dispose() => _folder.Dispose();

    private static string Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return to;
    }
}
