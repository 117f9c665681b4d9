using System.Globalization;

namespace Dcsm.Cli.Tests.Runs;

/// <summary>A process takes as many threads as it may: by its affinity, by the quota of its container, and by what .NET is told.</summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed class ProcessorsTest(TinyModels models) : IDisposable
{
    private const string Quota = "100000";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Affinity_counts()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string allowed = File.ReadLines("/proc/self/status").First(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal));
        string first = allowed.Split('\t')[1].Split(',', '-')[0];
        Assert.Equal(1, Processors(["taskset", "-c", first], []));
    }

    [Fact]
    public void What_NET_is_told_counts() =>
        Assert.Equal(1, Processors([], new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = "1" }));

    [Fact]
    public void The_quota_of_a_container_counts()
    {
        // Of both versions of control groups; where none can be made, there is nothing to ask.
        string name = "dcsm-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        (string Root, string File, string Value)[] kinds =
        [
            ("/sys/fs/cgroup", "cpu.max", $"{Quota} {Quota}"),
            ("/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", Quota),
        ];
        foreach ((string root, string file, string value) in kinds.Where(kind => Directory.Exists(kind.Root)))
        {
            string group = Path.Combine(root, name);
            try
            {
                Directory.CreateDirectory(group);
                if (!File.Exists(Path.Combine(group, file)))
                    continue;
                File.WriteAllText(Path.Combine(group, file), value);
                Assert.Equal(1, Processors(["sh", "-c", $"echo $$ > {group}/cgroup.procs && exec \"$@\"", "sh"], []));
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                continue;
            }
            finally
            {
                // A group has files that can't be deleted, and goes all the same.
                if (Directory.Exists(group))
                    Remove(group);
            }
        }
    }

    private int Processors(string[] under, Dictionary<string, string> environment) =>
        Cli.RunUnder(
                under,
                environment,
                "encode",
                models.Picture,
                "--clip",
                models.Clip,
                "--head",
                models.Head,
                "--out",
                _folder["store"],
                "--estimate",
                "--json"
            )
            .Succeeds()
            .Json()
            .GetProperty("processors")
            .GetInt32();

    private static void Remove(string group)
    {
        using var remove = System.Diagnostics.Process.Start("rmdir", [group]);
        remove.WaitForExit();
    }
}
