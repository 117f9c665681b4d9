using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Association;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands.Classification;

/// <summary><c>dcsm eval association</c>: which labels a CLIP gives to pictures of several groups.</summary>
internal sealed class EvalAssociationCommand
{
    private readonly Option<string> _data = new("--data")
    {
        Description = ClassData.Description + " The classes are the groups.",
        HelpName = "KIND:PATH",
        Required = true,
    };
    private readonly Option<string> _labels = new("--labels-file")
    {
        Description = "CSV with the columns label and category; which category a label counts for is yours to say.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly TemplateOptions _templates = new();
    private readonly ClassData _pictures = new();
    private readonly ChosenClip _clip = new();
    private readonly Option<string?> _directory = new("--out", "-o")
    {
        Description = "Also write results.json, table.md and report.html to a folder. A run that was interrupted goes on there.",
        HelpName = "DIR",
    };

    public static Command Create() => new EvalAssociationCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "association",
            "Asks which labels a CLIP gives to pictures of several groups: shares by category, gaps between groups with "
                + "intervals and p values, and effect sizes of pairs of labels."
        );
        foreach (Option option in (Option[])[_data, _labels, _directory])
            command.Add(option);
        _clip.AddTo(command);
        _templates.AddTo(command);
        _pictures.AddTo(command);
        return command.WithExamples("dcsm eval association --data groups --labels-file labels.csv --out out/association").Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        AssociationLabel[] labels = Labels(parse.GetValue(_labels)!);
        PromptTemplates templates = _templates.Get(parse, "plain");
        ClassifiedSet set = _pictures.Read(parse, parse.GetValue(_data)!);
        using ClipModel clip = _clip.Open(parse, terminal);
        var encoder = new ClipEncoder(clip);
        string? directory = parse.GetValue(_directory);
        var pooled = new PictureEmbeddingOptions();
        PictureEmbeddings pictures = _pictures.Encode(parse, encoder, set, pooled, directory, terminal, cancellationToken);
        ClassWeights weights = ClassWeights
            .Encode(encoder, [.. labels.Select(label => new PictureClass(label.Label, [label.Label]))], templates, null, cancellationToken)
            .Ensemble;
        var result = AssociationResult.Of(
            pictures,
            labels,
            weights,
            encoder,
            new Dictionary<string, string>
            {
                ["data"] = parse.GetValue(_data)!,
                ["labels"] = parse.GetValue(_labels)!,
                ["clip"] = _clip.Directory(parse),
                ["templates"] = templates.Name,
            }
        );
        if (directory is not null)
        {
            Directory.CreateDirectory(directory);
            result.WriteJson(Path.Combine(directory, "results.json"));
            AtomicFile.Write(Path.Combine(directory, "table.md"), string.Join('\n', result.ToTables().Select(TableRenderer.ToMarkdown)));
            result.WriteReport(Path.Combine(directory, "report.html"));
            terminal.Remark($"results.json, table.md and report.html are in {directory}");
        }

        if (terminal.Json)
            Terminal.Result(result.ToJson().TrimEnd('\n'));
        else
            _clip.Show(parse, terminal, result.ToTables());
    }

    private static AssociationLabel[] Labels(string path)
    {
        var table = CsvTable.Read(path, ["label", "category"], trim: true);
        AssociationLabel[] labels = [.. table.Rows.Select(row => new AssociationLabel(row.Text("label"), row.Text("category")))];
        if (labels.Length < 2)
            throw new InvalidDataException($"{path}: has one label; there must be two at least to choose among");
        return labels.GroupBy(label => label.Label).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new InvalidDataException($"{path}: the label '{twice.Key}' stands there twice")
            : labels;
    }
}
