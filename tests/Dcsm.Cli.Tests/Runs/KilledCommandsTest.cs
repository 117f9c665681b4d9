using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Dcsm.Cli.Tests.Runs;

/// <summary>
/// Commands that write are killed at seeded moments and given again: no file that has its name is torn, and the last run leaves what
/// an undisturbed one leaves. Trainings and encodings have tests of their own, with more kills.
/// </summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed partial class KilledCommandsTest(TinyModels models) : IDisposable
{
    private const int Kills = 3,
        KillsOfLongOnes = 1;
    private readonly TemporaryFolder _folder = new();

    // What tells of times, or grows line by line.
    private static readonly string[] Growing =
    [
        ".jsonl",
        ".html",
        ".part",
        ".partial",
        ".incomplete",
        ".tmp",
        ".dcsm-lock",
        ".dcsm-lock-holder",
        "results.json",
        "result.json",
        "run.json",
        "checkpoint.safetensors",
    ];

    // How long a training took stands in its results.
    private static readonly string[] Timed = ["adaptation.json", "dcsm_config.json"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("score")]
    [InlineData("synth")]
    [InlineData("eval scenes")]
    [InlineData("eval csv")]
    [InlineData("clip convert")]
    [InlineData("explain")]
    [InlineData("head import")]
    [InlineData("clip pull")]
    [InlineData("clip pretrain", KillsOfLongOnes)]
    [InlineData("train adapt")]
    [InlineData("train ablate")]
    public void No_kill_tears_a_file_or_changes_what_comes_out(string command, int kills = Kills)
    {
        using FakeHub? hub =
            command == "clip pull"
                ? new FakeHub(Directory.GetFiles(models.Clip).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes))
                : null;
        var clock = Stopwatch.StartNew();
        Cli.RunWith(Environment("whole"), Arguments(command, "whole")).Succeeds();
        TimeSpan length = clock.Elapsed;
        Dictionary<string, byte[]> whole = Files("whole");
        Assert.NotEmpty(whole);

        var random = new Random(command.Length);
        for (int kill = 0; kill < kills; kill++)
        {
            using (var cli = Cli.StartWith(Environment("killed"), Arguments(command, "killed")))
            {
                if (cli.EndsWithin(length * (0.2 + (0.8 * random.NextDouble()))))
                    break;
                cli.Kill();
            }

            foreach ((string name, byte[] bytes) in Files("killed").Where(file => whole.ContainsKey(file.Key)))
                Assert.True(whole[name].AsSpan().SequenceEqual(bytes), $"{command}: {name} is torn after kill {kill}");
        }

        Cli.RunWith(Environment("killed"), Arguments(command, "killed")).Succeeds();
        Dictionary<string, byte[]> last = Files("killed");
        Assert.Equal(whole.Keys.Order(StringComparer.Ordinal), last.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, byte[] bytes) in last)
            Assert.True(whole[name].AsSpan().SequenceEqual(bytes), $"{command}: {name} is another");

        Dictionary<string, string> Environment(string name) =>
            hub is null ? [] : new() { ["HF_ENDPOINT"] = hub.Endpoint.ToString(), ["HF_HUB_CACHE"] = _folder[name] };
    }

    private string[] Arguments(string command, string name)
    {
        string to = _folder[name];
        string table = _folder.Write(
            "items.csv",
            $"image,option_0,option_1\n{models.Picture},a red car,a blue car\n{models.Picture},a bus,a cat\n"
        );
        return command switch
        {
            "score" =>
            [
                "score",
                models.Picture,
                "-c",
                "a red car",
                "--head",
                models.Head,
                "--clip",
                models.Clip,
                "--out",
                to + "/scores.csv",
            ],
            "synth" =>
            [
                "synth",
                "--out",
                to,
                "--clip",
                models.Clip,
                "--count",
                "6",
                "--image-size",
                "32",
                "--split-seed",
                TinyModels.SplitSeed,
            ],
            "eval scenes" => ["eval", "scenes", "--head", models.Head, "--clip", models.Clip, "--scenes", models.Scenes, "--out", to],
            "eval csv" => ["eval", "csv", "--data", table, "--head", models.Head, "--clip", models.Clip, "--no-cache", "--out", to],
            "head import" => ["head", "import", GoldenFiles.Path("official-dcsm", "checkpoints", "ckpt_zip.pt"), to, "--overwrite"],
            "clip pull" => ["clip", "pull", FakeHub.Model],
            "clip pretrain" => [.. models.PretrainArguments(to), "--steps", "6"],
            "train adapt" => [.. Compared("adapt", to), "--methods", "dcsm,lora", "--pictures", "1"],
            "train ablate" => [.. Compared("ablate", to), "--variants", "mlp", "--seeds", "1"],
            "clip convert" => ["clip", "convert", Goldens("openai_vit_tiny.pt"), to, "--overwrite"],
            _ => ["explain", models.Picture, "-c", "a red car", "--head", models.Head, "--clip", models.Clip, "--out", to + "/map.png"],
        };
    }

    private string[] Compared(string command, string to) =>
        [
            "train",
            command,
            "--clip",
            models.Clip,
            "--out",
            to,
            "--scenes",
            "4",
            "--steps",
            "3",
            "--samples",
            "2",
            "--test-samples",
            "3",
            "--split-seed",
            TinyModels.SplitSeed,
        ];

    // Of results the files that tell of no time.
    private Dictionary<string, byte[]> Files(string name) =>
        !Directory.Exists(_folder[name])
            ? []
            : Directory
                .EnumerateFiles(_folder[name], "*", SearchOption.AllDirectories)
                .Where(file => !Growing.Any(end => file.EndsWith(end, StringComparison.Ordinal)))
                .ToDictionary(file => Path.GetRelativePath(_folder[name], file), Read);

    private static byte[] Read(string file) =>
        Timed.Contains(Path.GetFileName(file))
            ? Encoding.UTF8.GetBytes(Seconds().Replace(File.ReadAllText(file), ""))
            : File.ReadAllBytes(file);

    [GeneratedRegex(
        """
            "seconds": [0-9.]+
            """
    )]
    private static partial Regex Seconds();

    private static string Goldens(string name) => GoldenFiles.Path("checkpoints", name);
}
