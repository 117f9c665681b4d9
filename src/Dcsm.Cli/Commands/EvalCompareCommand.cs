using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Benchmarks;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval compare A B</c>: two runs side by side.</summary>
internal sealed class EvalCompareCommand
{
    private const string FileName = "results.json";

    private readonly Argument<string> _first = new("A")
    {
        Description = "What 'dcsm eval scenes --out', 'dcsm eval BENCH --out' or 'dcsm eval all --out' wrote.",
    };
    private readonly Argument<string> _second = new("B") { Description = "Another one." };
    private readonly Option<string> _format = TableFormat.Option();

    public static Command Create() => new EvalCompareCommand().ToCommand();

    private Command ToCommand()
    {
        return new Command("compare", "Puts two runs side by side, figure by figure.") { _first, _second, _format }
            .WithExamples(
                "dcsm eval compare out/whatsup-a out/whatsup-a-other",
                "dcsm eval compare out/all-b32 out/all-b16 --format markdown"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string a = parse.GetValue(_first)!,
            b = parse.GetValue(_second)!;
        string[] benchmarks = [.. Benchmarks(a).Intersect(Benchmarks(b), StringComparer.Ordinal)];
        if (benchmarks.Length == 0)
            throw new InvalidDataException($"{a} and {b} have no benchmark in common");
        (string nameA, string nameB) = (Name(a), Name(b));
        if (nameA == nameB)
            (nameA, nameB) = (a, b);
        Table[] tables =
        [
            .. benchmarks.Select(benchmark =>
                StoredResultTables.Compare(
                    StoredResult.Read(Path.Combine(a, benchmark, FileName)),
                    nameA,
                    StoredResult.Read(Path.Combine(b, benchmark, FileName)),
                    nameB
                )
            ),
        ];
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                tables.Select(table => new
                {
                    table.Title,
                    columns = table.Columns.Select(column => column.Header),
                    rows = table.Rows.Select(row => row.Cells.Select(cell => new { cell.Text, cell.Detail })),
                    table.Notes,
                })
            );
            return;
        }

        foreach (Table table in tables)
            TableFormat.Show(terminal, table, parse.GetValue(_format)!);
    }

    /// <summary>"" for a run of one benchmark, else the folders of a run of all.</summary>
    private static string[] Benchmarks(string directory)
    {
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such folder");
        if (File.Exists(Path.Combine(directory, FileName)))
            return [""];
        string[] folders =
        [
            .. Directory
                .EnumerateDirectories(directory)
                .Where(folder => File.Exists(Path.Combine(folder, FileName)))
                .Select(folder => Path.GetFileName(folder)!)
                .Order(StringComparer.Ordinal),
        ];
        return folders.Length > 0 ? folders : throw new FileNotFoundException($"{directory}: holds no {FileName}, nor does a folder in it");
    }

    private static string Name(string directory) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
}
