using System.Globalization;

namespace Dcsm.Benchmarks;

/// <summary>Resident memory in MiB.</summary>
/// <param name="Own">The process's own (RssAnon).</param>
/// <param name="Files">Pages of files, which the system takes back when it needs them (RssFile).</param>
internal readonly record struct ResidentMemory(double Own, double Files)
{
    private const string Status = "/proc/self/status";

    public static ResidentMemory Now() =>
        File.Exists(Status) ? new(Megabytes("RssAnon"), Megabytes("RssFile")) : new(Environment.WorkingSet / 1048576.0, 0);

    public static double Peak() => File.Exists(Status) ? Megabytes("VmHWM") : Environment.WorkingSet / 1048576.0;

    private static double Megabytes(string field)
    {
        string line = File.ReadLines(Status).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
