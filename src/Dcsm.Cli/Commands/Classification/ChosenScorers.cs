using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands.Classification;

/// <summary>CLIPs and heads that a command asks one after the other, and how what they say is put side by side.</summary>
/// <param name="heads">What heads are for, for the help.</param>
internal sealed class ChosenScorers(string heads)
{
    private readonly Option<string[]> _clips = OpenedScorers.ClipOption();
    private readonly Option<string[]> _heads = new("--head") { Description = $"{heads} Give several to compare them.", HelpName = "DIR" };
    private readonly Option<string> _format = TableFormat.Option();
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public Option<string[]> Clips => _clips;

    public Option<string[]> Heads => _heads;

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_clips, _heads, _format, _precision, _threads])
            command.Add(option);
    }

    public string Precision(ParseResult parse) => parse.GetValue(_precision)!;

    public string Format(ParseResult parse) => parse.GetValue(_format)!;

    /// <summary>Opens them; no head where none is named.</summary>
    public OpenedScorers Open(ParseResult parse, Terminal terminal) =>
        OpenedScorers.Open(
            parse.GetValue(_clips),
            parse.GetValue(_heads),
            null,
            parse.GetValue(_threads),
            terminal,
            parse.GetPrecision(_precision),
            shipsHead: false
        );

    /// <summary>The folder of one of several scorers inside the one that a person named.</summary>
    public static string? Folder(string? directory, int place, string scorer) =>
        directory is null
            ? null
            : Path.Combine(
                directory,
                $"{place + 1}-{string.Concat(scorer.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' ? c : '-'))}"
            );

    /// <summary>Writes and shows what several said; what each of them said is in a folder of its own.</summary>
    public void Report<T>(
        ParseResult parse,
        Terminal terminal,
        string benchmark,
        IReadOnlyList<ScorerResult<T>> results,
        IReadOnlyList<Table> tables,
        string? directory
    )
    {
        string json = ResultJson.Serialize(new { benchmark, results });
        if (directory is not null)
        {
            Directory.CreateDirectory(directory);
            AtomicFile.Write(Path.Combine(directory, "results.json"), json);
            AtomicFile.Write(Path.Combine(directory, "table.md"), string.Join('\n', tables.Select(TableRenderer.ToMarkdown)));
            AtomicFile.Write(Path.Combine(directory, "table.tex"), string.Join('\n', tables.Select(TableRenderer.ToLatex)));
            TablesReport.Write(
                Path.Combine(directory, "report.html"),
                tables,
                new Dictionary<string, string> { ["command"] = CommandLineText.Of(parse) },
                SoftwareVersions.Current()
            );
            terminal.Remark(
                $"results.json, table.md, table.tex and report.html are in {directory}, those of each scorer in a folder there"
            );
        }

        if (terminal.Json)
        {
            Terminal.Result(json.TrimEnd('\n'));
            return;
        }

        foreach (Table table in tables)
            TableFormat.Show(terminal, table, Format(parse));
    }
}
