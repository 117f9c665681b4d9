using System.CommandLine;

namespace Dcsm.Cli.Options;

/// <summary>Options that every command knows.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Quiet { get; } =
        new("--quiet", "-q") { Description = "No progress and no remarks on stderr; results, warnings and errors only.", Recursive = true };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print the result on stdout as JSON.", Recursive = true };

    public static Option<bool> CsvRaw { get; } =
        new("--csv-raw")
        {
            Description =
                "CSV for programs: texts as they are. Without it those that a spreadsheet would compute (they begin with =, +, - or @) "
                + "have an apostrophe before them.",
            Recursive = true,
        };

    public static Option<bool> Verbose { get; } =
        new("--verbose", "-v")
        {
            Description = "Say more: versions, time, memory, every warning, where an error is from.",
            Recursive = true,
        };
}
