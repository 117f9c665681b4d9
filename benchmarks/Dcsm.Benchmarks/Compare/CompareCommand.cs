using System.Diagnostics;
using System.Globalization;
using Dcsm.Benchmarks.Works;
using Dcsm.Training.Torch;
using TorchSharp;

namespace Dcsm.Benchmarks.Compare;

/// <summary><c>compare</c>: ours and its peers, side by side.</summary>
internal static class CompareCommand
{
    private const string Usage = "compare [--json FILE] [--markdown FILE] [--only WORK,…] [--runs N]";

    private static readonly IWork[] Works =
    [
        new PairsWork(latency: false),
        new PairsWork(latency: true),
        new StepWork(),
        new EpochWork(),
        new ImagesWork(1),
        new ImagesWork(32),
        new Int8Work(),
        new PreprocessWork(),
        new StartWork(),
        new MemoryWork(),
    ];

    public static int Run(string[] args)
    {
        string? json = null,
            markdown = null;
        int runs = 7;
        string[] only = [];
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value: {Usage}");
            switch (args[i])
            {
                case "--json":
                    json = value;
                    break;
                case "--markdown":
                    markdown = value;
                    break;
                case "--only":
                    only = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
                    break;
                case "--runs":
                    runs =
                        int.TryParse(value, CultureInfo.InvariantCulture, out int given) && given > 0
                            ? given
                            : throw new ArgumentException($"--runs {value}: a number above 0 is meant");
                    break;
                default:
                    throw new ArgumentException($"{args[i]} is not an option: {Usage}");
            }
        }
        if (only.FirstOrDefault(name => Works.All(work => work.Name != name)) is { } unknown)
            throw new ArgumentException($"--only {unknown}: there are {string.Join(", ", Works.Select(work => work.Name))}");

        TorchNative.EnsureLoaded();
        torch.set_num_threads(Environment.ProcessorCount);
        var before = MachineInfo.Now();
        long start = Stopwatch.GetTimestamp();
        var rows = new List<Row>();
        using var session = new Session(runs, PythonPeer.Start);
        foreach (IWork work in Works.Where(work => only.Length == 0 || only.Contains(work.Name)))
        {
            foreach (Row row in work.Measure(session))
            {
                rows.Add(row);
                Console.Error.WriteLine("  " + Report.Line(row));
            }
        }
        Report report = new(
            rows,
            before,
            MachineInfo.Now(),
            session.HasLimits ? session.Limits : null,
            session.Python?.Version,
            runs,
            Stopwatch.GetElapsedTime(start)
        );
        Console.WriteLine(report.ToMarkdown());
        if (json is not null)
            report.WriteJson(json);
        if (markdown is not null)
            report.WriteMarkdown(markdown);
        return 0;
    }
}
