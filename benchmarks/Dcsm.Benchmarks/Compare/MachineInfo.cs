using System.Globalization;
using System.Runtime.InteropServices;

namespace Dcsm.Benchmarks.Compare;

/// <summary>The machine, and how busy others keep it.</summary>
internal sealed record MachineInfo(string Cpu, int Threads, string System, string Runtime, double? Load)
{
    public static MachineInfo Now()
    {
        string cpu = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':')[1]
                .Trim()
                ?? ""
            : RuntimeInformation.ProcessArchitecture.ToString();
        double? load = File.Exists("/proc/loadavg")
            ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
            : null;
        return new MachineInfo(
            cpu,
            Environment.ProcessorCount,
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            load
        );
    }
}
