using System.ComponentModel;
using System.Diagnostics;

namespace Dcsm.Cli.Tests.Shards;

/// <summary>A test that needs a running Slurm; <c>.ci/slurm start</c> makes one of the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlurmFactAttribute : FactAttribute
{
    private static readonly bool Runs = Answers();

    public SlurmFactAttribute()
    {
        if (!Runs)
            Skip = "there is no Slurm; .ci/slurm start makes one of the machine";
    }

    private static bool Answers()
    {
        try
        {
            using var ping = Process.Start(
                new ProcessStartInfo("scontrol", ["ping"]) { RedirectStandardOutput = true, RedirectStandardError = true }
            );
            ping!.StandardOutput.ReadToEnd();
            ping.WaitForExit();
            return ping.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
