using System.CommandLine;
using System.Diagnostics;
using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Works;
using Dcsm.Training.Torch;
using TorchSharp;

namespace Dcsm.Benchmarks.Commands;

/// <summary><c>compare</c>: ours and its peers, side by side.</summary>
internal static class CompareCommand
{
    private static readonly IWork[] Works =
    [
        new PairsWork(latency: false),
        new PairsWork(latency: true),
        new StepWork(),
        new EpochWork(),
        new ImagesWork(1),
        new ImagesWork(32),
        new SigLipWork(),
        new Int8Work(),
        new PreprocessWork(),
        new ProbeWork(),
        new StartWork(),
        new MemoryWork(),
    ];

    public static Command Create()
    {
        Option<string?> json = CommonOptions.OutputFile("--json", "File for the rows as JSON, spreads included.");
        Option<string?> markdown = CommonOptions.Markdown();
        Option<int> runs = CommonOptions.Count("--runs", "How often each is measured; medians are shown.", 7);
        Option<string[]> only = new("--only")
        {
            Description = $"Only these works, of {Names}.",
            HelpName = "WORK,…",
            DefaultValueFactory = _ => [],
            CustomParser = result =>
            {
                string[] names = result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries);
                foreach (string unknown in names.Where(name => Works.All(work => work.Name != name)))
                    result.AddError($"--only {unknown}: there are {Names}");
                return names;
            },
        };
        Command command = new("compare", "Does the same work here and in its peers' ways, in turns.") { only, runs, json, markdown };
        command.SetAction(parse => Run(parse.GetValue(only)!, parse.GetValue(runs), parse.GetValue(json), parse.GetValue(markdown)));
        return command;
    }

    private static string Names => string.Join(", ", Works.Select(work => work.Name));

    private static void Run(string[] only, int runs, string? json, string? markdown)
    {
        TorchNative.EnsureLoaded();
        torch.set_num_threads(Environment.ProcessorCount);
        var before = MachineInfo.Now();
        long start = Stopwatch.GetTimestamp();
        var rows = new List<Row>();
        using var session = new Session(runs);
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
    }
}
