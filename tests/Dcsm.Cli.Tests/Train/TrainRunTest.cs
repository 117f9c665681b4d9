using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dcsm.Cli.Tests.Train;

/// <summary>Runs that are killed, run out of disk, are repeated from their record, or are made of several seeds.</summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed class TrainRunTest(TinyModels models) : IDisposable
{
    private const int Kills = 22;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_that_are_killed_at_random_end_bit_for_bit_like_one_that_is_not()
    {
        string[] Arguments(string name) =>
            [
                "train",
                "--clip",
                models.Clip,
                "--out",
                _folder[name],
                "--steps",
                "240",
                "--samples",
                "4",
                "--pool",
                "16",
                "--reuse",
                "4",
                "--evaluate-every",
                "40",
                "--validation-samples",
                "4",
                "--checkpoint-every",
                "0",
                "-q",
            ];
        long start = Stopwatch.GetTimestamp();
        Cli.Run(Arguments("whole")).Succeeds();
        TimeSpan length = Stopwatch.GetElapsedTime(start);

        // Shares of about a run's length, which changes with what else the machine does: a run that ends by itself shortens it, one
        // that has not come to a checkpoint lengthens it.
        var random = new Random(20);
        int kills = 0,
            runs = 0,
            interrupted = 0;
        while (kills < Kills)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"killed-{++runs}");
            bool over = false,
                killed = false;
            while (!over)
            {
                using var cli = Cli.Start(Arguments(name));
                over = kills >= Kills || cli.EndsWithin(length * (0.15 + (0.85 * random.NextDouble())));
                if (over)
                {
                    cli.Wait().Succeeds();
                    length *= 0.7;
                    break;
                }
                cli.Kill();
                kills++;
                bool begun = File.Exists(Path.Combine(_folder[name], "checkpoint.safetensors"));
                killed |= begun;
                length *= begun ? 1 : 1.1;
            }

            interrupted += killed ? 1 : 0;
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(_folder["whole"], "dcsm_head.safetensors")),
                File.ReadAllBytes(Path.Combine(_folder[name], "dcsm_head.safetensors"))
            );
            Assert.Equal(Metrics("whole"), Metrics(name));
            Assert.Empty(Directory.EnumerateFiles(_folder[name], "*.tmp"));
        }

        Assert.True(interrupted > 0, "no run was killed after its first checkpoint");
    }

    [Fact]
    public void A_full_disk_is_told_and_the_last_checkpoint_kept_until_there_is_room()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string[] arguments =
        [
            "train",
            "--clip",
            models.Clip,
            "--steps",
            "12",
            "--samples",
            "4",
            "--pool",
            "16",
            "--validation-samples",
            "4",
            "--checkpoint-every",
            "0",
            "-q",
            "--out",
        ];
        Cli.Run([.. arguments, _folder["whole"]]).Succeeds();
        long checkpoint = new FileInfo(Path.Combine(_folder["whole"], "checkpoint.safetensors")).Length;

        // A small disk of its own: one checkpoint fits, the next one beside it does not.
        string line = string.Join(' ', arguments.Prepend(Cli.Program).Prepend("dotnet").Select(argument => $"'{argument}'"));
        Directory.CreateDirectory(_folder["disk"]);
        string script = $"""
            mount -t tmpfs -o size={checkpoint * 3 / 2} tmpfs '{_folder["disk"]}' || exit 99
            {line} '{_folder["disk"]}/head' 2> '{_folder["full.txt"]}'; echo $? > '{_folder["full.code"]}'
            ls '{_folder["disk"]}/head' > '{_folder["full.files"]}'
            mount -o remount,ro '{_folder["disk"]}'
            {line} '{_folder["disk"]}/head' 2> '{_folder["readonly.txt"]}'; echo $? > '{_folder["readonly.code"]}'
            mount -o remount,rw,size=64m '{_folder["disk"]}'
            {line} '{_folder["disk"]}/head' && cp '{_folder["disk"]}'/head/dcsm_head.safetensors '{_folder["mended"]}'
            """;
        using (var shell = Process.Start("unshare", ["--mount", "--user", "--map-root-user", "sh", "-c", script]))
        {
            shell.WaitForExit();
            Assert.NotEqual(99, shell.ExitCode);
        }

        Assert.Equal("2", File.ReadAllText(_folder["full.code"]).Trim());
        Assert.Contains("No space left on device", File.ReadAllText(_folder["full.txt"]), StringComparison.Ordinal);
        Assert.Contains("the checkpoint of step 1 is kept", File.ReadAllText(_folder["full.txt"]), StringComparison.Ordinal);
        Assert.Contains("checkpoint.safetensors\n", File.ReadAllText(_folder["full.files"]), StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", File.ReadAllText(_folder["full.files"]), StringComparison.Ordinal);
        Assert.Equal("2", File.ReadAllText(_folder["readonly.code"]).Trim());
        Assert.Contains("read-only file system", File.ReadAllText(_folder["readonly.txt"]), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["whole"], "dcsm_head.safetensors")), File.ReadAllBytes(_folder["mended"]));
    }

    [Fact]
    public void A_run_is_repeated_from_its_record_and_the_command_line_counts_more()
    {
        Cli.Run([.. models.TrainArguments(_folder["first"]), "--steps", "4", "--seed", "3", "--learning-rate", "0.01"]).Succeeds();
        string record = Path.Combine(_folder["first"], "run.json");
        JsonNode run = JsonNode.Parse(File.ReadAllText(record))!;
        Assert.Equal(4, run["steps"]!.GetValue<int>());
        Assert.Equal(0.01, run["settings"]!["options"]!["learningRate"]!.GetValue<double>());
        Assert.All(
            new[] { "dcsm", "dotnet", "torchSharp", "onnxRuntime" },
            name => Assert.NotEmpty(run["versions"]![name]!.GetValue<string>())
        );
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(Path.Combine(_folder["first"], "training.png"))[..4]);

        Cli.Run("train", "--config", record, "--out", _folder["again"]).Succeeds();
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(_folder["first"], "dcsm_head.safetensors")),
            File.ReadAllBytes(Path.Combine(_folder["again"], "dcsm_head.safetensors"))
        );
        Cli.Run("train", "--config", record, "--out", _folder["other"], "--steps", "2").Succeeds();
        Assert.Equal(2, JsonNode.Parse(File.ReadAllText(Path.Combine(_folder["other"], "run.json")))!["steps"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""{"stepz": 3}""", "'stepz' is no option of 'dcsm train'; it has")]
    [InlineData("""{"steps": "three"}""", "field steps: --steps 'three' is not a whole number")]
    [InlineData("""{"steps": {"of": 3}}""", "field steps: expected a text, a number, true or false, or a list of these")]
    [InlineData("""{"loss": "hinge"}""", "field loss: --loss 'hinge' is none of")]
    [InlineData("{\"steps\": 3\n,", "the JSON stops in the middle, at line 2")]
    [InlineData("""[1]""", "expected an object, found [1]")]
    [InlineData("""{"steps": 3, "epochs": 2}""", "--epochs is given with --steps")]
    public void Wrong_files_of_options_are_told(string content, string message)
    {
        File.WriteAllText(_folder["run.json"], content);
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--config", _folder["run.json"]]).FailsWith(message);
        Assert.False(Directory.Exists(_folder["head"]));
    }

    [Fact]
    public void A_file_of_options_that_is_not_there_is_named() =>
        Cli.Run("train", "--config", _folder["none.json"]).FailsWith($"{_folder["none.json"]}: there is no such file");

    [Fact]
    public void Several_seeds_are_summed_up()
    {
        JsonElement summary = Cli.Run([.. models.TrainArguments(_folder["heads"]), "--steps", "3", "--seeds", "3", "--seed", "5", "--json"])
            .Succeeds()
            .Json();
        JsonElement[] heads = [.. summary.GetProperty("heads").EnumerateArray()];
        Assert.Equal([5, 6, 7], heads.Select(head => head.GetProperty("seed").GetInt32()));
        double[] spatial =
        [
            .. heads.Select(head =>
                head.GetProperty("metrics").GetProperty("validation").GetProperty("unseen_objects").GetProperty("spatial").GetDouble()
            ),
        ];
        JsonElement found = summary.GetProperty("validation").GetProperty("unseen_objects").GetProperty("spatial");
        Assert.Equal(spatial.Average(), found.GetProperty("mean").GetDouble(), 12);
        Assert.Equal(Math.Sqrt(spatial.Sum(x => Math.Pow(x - spatial.Average(), 2)) / 2), found.GetProperty("sd").GetDouble(), 12);
        Assert.NotEqual(
            File.ReadAllBytes(Path.Combine(_folder["heads"], "seed-5", "dcsm_head.safetensors")),
            File.ReadAllBytes(Path.Combine(_folder["heads"], "seed-6", "dcsm_head.safetensors"))
        );

        CliResult text = Cli.Run([
                .. models.TrainArguments(_folder["heads"]),
                "--steps",
                "3",
                "--seeds",
                "3",
                "--seed",
                "5",
                "--markdown",
                _folder["seeds.md"],
            ])
            .Succeeds();
        Assert.Contains("±", text.Out, StringComparison.Ordinal);
        Assert.Contains("| unseen objects |", File.ReadAllText(_folder["seeds.md"]), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder["heads"], "seeds.json")));
    }

    [Fact]
    public void Pictures_are_changed_as_asked()
    {
        Cli.Run([.. models.TrainArguments(_folder["plain"]), "--steps", "2"]).Succeeds();
        Cli.Run([.. models.TrainArguments(_folder["changed"]), "--steps", "2", "--augment", "official,crop", "--augment-copies", "0"])
            .Succeeds();
        JsonNode settings = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder["changed"], "run.json")))!["settings"]!;
        Assert.Equal(4, settings["data"]!["augmentation"]!["rotation"]!.GetValue<double>());
        Assert.Equal(1, settings["options"]!["reuse"]!.GetValue<int>());
        Assert.NotEqual(
            File.ReadAllBytes(Path.Combine(_folder["plain"], "dcsm_head.safetensors")),
            File.ReadAllBytes(Path.Combine(_folder["changed"], "dcsm_head.safetensors"))
        );

        Cli.Run([.. models.TrainArguments(_folder["wrong"]), "--augment", "mirror"]).FailsWith("'mirror' is none of");
        Cli.Run([.. models.TrainArguments(_folder["wrong"]), "--augment-copies", "3"]).FailsWith("--augment names no change");
    }

    // All but what depends on the clock.
    private string[] Metrics(string name) =>
        [
            .. File.ReadLines(Path.Combine(_folder[name], "metrics.jsonl"))
                .Select(line =>
                {
                    JsonObject metrics = JsonNode.Parse(line)!.AsObject();
                    foreach (string clock in new[] { "seconds", "samplesPerSecond", "encoded" })
                        metrics.Remove(clock);
                    return metrics.ToJsonString();
                }),
        ];
}
