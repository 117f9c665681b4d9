using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands.Classification;

/// <summary>The CLIP that a command asks, what it is computed in, and how the table of what it says is printed.</summary>
internal sealed class ChosenClip
{
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string> _format = TableFormat.Option();
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_clip, _format, _precision, _threads])
            command.Add(option);
    }

    /// <summary>Where it lies.</summary>
    public string Directory(ParseResult parse) => ClipDirectory.Of(parse.GetValue(_clip));

    public string Precision(ParseResult parse) => parse.GetValue(_precision)!;

    public int Threads(ParseResult parse) => parse.GetValue(_threads);

    public string Format(ParseResult parse) => parse.GetValue(_format)!;

    public ClipModel Open(ParseResult parse, Terminal terminal) =>
        ClipModel.Load(Directory(parse), Compatibility.Clip(null, terminal, parse.GetValue(_threads), parse.GetPrecision(_precision)));

    public void Show(ParseResult parse, Terminal terminal, params IEnumerable<Table> tables)
    {
        foreach (Table table in tables)
            TableFormat.Show(terminal, table, Format(parse));
    }
}
