using System.Diagnostics;
using System.Globalization;

namespace Dcsm.Cli.Tests.Shards;

/// <summary>A real Slurm runs the scripts of deploy/slurm, and its tasks are killed.</summary>
[Collection(TinyModelsSecondGroup.Name)]
[Trait("Engine", "Slurm")]
public sealed class SlurmTest(TinyModels models) : IDisposable
{
    private const int Kills = 3;
    private static readonly string[] Unheard = ["unable to contact", "timed out", "communication", "zero bytes"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SlurmFact]
    public void An_array_whose_tasks_are_killed_gives_what_one_process_gives()
    {
        string[] pictures = [.. Directory.GetFiles(Path.Combine(models.Scenes, "images")).Order(StringComparer.Ordinal)];
        string list = string.Concat(
            Enumerable.Range(0, 3000).Select(row => $"{pictures[row % pictures.Length]},a red apple and {row % 50} cars\n")
        );
        string table = _folder.Write("pairs.csv", "image,caption\n" + list);
        string[] score = ["score", "--pairs", table, "--clip", models.Clip, "--head", models.Head];
        Cli.Run([.. score, "--out", _folder["plain.csv"]]).Succeeds();

        string parts = _folder["parts"],
            shards = Repository.Path("deploy/slurm/shards.sbatch"),
            merge = Repository.Path("deploy/slurm/merge.sbatch");
        string array = Slurm("sbatch", ["--parsable", "--array=0-7", shards, .. score, "--out", parts]);
        var random = new Random(7);
        var killed = new List<string>();
        long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (killed.Count < Kills)
        {
            Assert.True(Environment.TickCount64 < until, $"only {killed.Count} tasks were seen\n{Logs()}");
            string[] running =
            [
                .. Slurm("squeue", "-r", "-h", "-t", "R", "-j", array, "-o", "%i")
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Except(killed),
            ];
            if (running.Length > 0)
            {
                string task = running[random.Next(running.Length)];
                Thread.Sleep(random.Next(400));
                Slurm("scancel", "--signal=KILL", "--full", task);
                Slurm("scontrol", "requeue", task);
                killed.Add(task);
            }

            Thread.Sleep(20);
        }

        string merging = Slurm("sbatch", "--parsable", $"--dependency=afterany:{array}", merge, parts, "--out", _folder["merged.csv"]);
        while (Slurm("squeue", "-h", "-j", $"{array},{merging}", "-o", "%i").Length > 0)
        {
            Assert.True(Environment.TickCount64 < until, $"{Slurm("squeue")}\n{Logs()}");
            // Slurm lets a task that is sent again wait for two minutes.
            string[] waiting = Slurm("squeue", "-r", "-h", "-t", "PD", "-j", array, "-o", "%i %r").Split('\n');
            foreach (string task in waiting.Where(task => task.EndsWith(" BeginTime", StringComparison.Ordinal)))
                Slurm("scontrol", "update", $"JobId={task.Split(' ')[0]}", "StartTime=now");
            Thread.Sleep(200);
        }

        Assert.True(File.Exists(_folder["merged.csv"]), Logs());
        Assert.Equal(File.ReadAllText(_folder["plain.csv"]), File.ReadAllText(_folder["merged.csv"]));
    }

    private string Logs() =>
        string.Concat(
            Directory.GetFiles(_folder.Path, "*.log").Order(StringComparer.Ordinal).Select(log => $"-- {log}\n{File.ReadAllText(log)}")
        );

    private string Slurm(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        start.Environment["DCSM"] = $"{Environment.ProcessPath} {Cli.Program}";
        start.Environment["DCSM_SHARDS"] = 8.ToString(CultureInfo.InvariantCulture);
        for (int asked = 1; ; asked++)
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd().Trim();
            string error = errors.Result;
            process.WaitForExit();
            // A controller that has too much to do says nothing of its jobs.
            if (process.ExitCode != 0 && asked < 60 && Unheard.Any(part => error.Contains(part, StringComparison.OrdinalIgnoreCase)))
            {
                Thread.Sleep(1000);
                continue;
            }

            // What has ended meanwhile can be neither killed nor asked for.
            Assert.True(process.ExitCode == 0 || program is not "sbatch", $"{program} {string.Join(' ', arguments)}: {error}");
            return output;
        }
    }
}
