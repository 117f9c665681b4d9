using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dcsm.Benchmarks.Compare;

namespace Dcsm.Benchmarks.Works;

/// <summary>Memory of scoring many picture files with 100 captions; a process of its own, without libtorch.</summary>
internal sealed class MemoryWork : IWork
{
    private const int Images = 2000;
    private const double LimitMegabytes = 1536;

    public string Name => "memory";

    public IEnumerable<Row> Measure(Session session)
    {
        Session.Say($"{Images} pictures × 100 captions, streamed");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(MemoryWork).Assembly.Location);
        foreach (string argument in new[] { "memory", "--images", Images.ToString(CultureInfo.InvariantCulture), "--json" })
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidDataException($"the command memory ended with {process.ExitCode}");
        JsonElement result = JsonDocument.Parse(text).RootElement;
        double peak = result.GetProperty("peakMegabytes").GetDouble(),
            growth = result.GetProperty("growthMegabytes").GetDouble();
        yield return new Row(
            "memory, 100 captions a picture, streamed",
            "1.5 GiB",
            LimitMegabytes / peak,
            1,
            Measurement.Exactly(peak),
            Measurement.Exactly(LimitMegabytes),
            "MiB",
            FormattableString.Invariant($"{Images} pictures; from their first half to their second the process grew by {growth:0} MiB; ")
                + "the command memory --images 100000 is the whole"
        );
    }
}
