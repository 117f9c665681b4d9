using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Robustness;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands.Classification;

/// <summary><c>dcsm eval robustness</c>: accuracy under a shift beside accuracy in distribution.</summary>
internal sealed class EvalRobustnessCommand
{
    private readonly Option<string[]> _models = new("--model")
    {
        Description =
            "A model: NAME=IN,SHIFTED, each a folder or results.json of 'eval zeroshot' or 'probe', or a share such as 0.71; or "
            + "NAME=PROBE, a probe that was asked of both by two --test, whose zero-shot and few shots count, too.",
        HelpName = "NAME=IN,SHIFTED",
    };
    private readonly Option<string[]> _standard = new("--standard")
    {
        Description = "A standard model, which the line is fitted to; as --model.",
        HelpName = "NAME=IN,SHIFTED",
    };
    private readonly Option<string?> _table = new("--table")
    {
        Description = "Models of a table: CSV with the columns name, in, shifted (shares) and standard (1 or 0).",
        HelpName = "FILE",
    };
    private readonly Option<string?> _relative = new("--relative-to")
    {
        Description = "The model that the others' accuracies under the shift are compared with.",
        HelpName = "NAME",
    };
    private readonly Option<string> _axes = new("--axes")
    {
        Description = "On which axes the line is fitted.",
        HelpName = "linear|logit|probit",
        DefaultValueFactory = _ => "logit",
    };
    private readonly Option<string?> _directory = new("--out", "-o")
    {
        Description = "Also write results.json, table.md and report.html (with the picture) to a folder.",
        HelpName = "DIR",
    };
    private readonly Option<string> _format = TableFormat.Option();

    public static Command Create() => new EvalRobustnessCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "robustness",
            "Puts accuracies under a shift beside those in distribution: the line of standard models, effective and relative robustness."
        )
        {
            _models,
            _standard,
            _table,
            _relative,
            _axes,
            _directory,
            _format,
        };
        _axes.OneOf([.. Enum.GetNames<RobustnessAxes>().Select(name => name.ToLowerInvariant())]);
        return command
            .WithExamples(
                "dcsm eval robustness --table models.csv --relative-to zero-shot --out out/robustness",
                "dcsm eval robustness --standard probe=out/probe --model zero-shot=out/in,out/shifted"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        if (parse.GetValue(_table) is null && parse.GetValue(_standard) is not { Length: > 0 })
            throw new ArgumentException("standard models are wanted, which the line is fitted to: --standard, or --table");
        List<RobustnessModel> standard = [.. (parse.GetValue(_standard) ?? []).SelectMany(text => Models(text, "--standard"))],
            others = [.. (parse.GetValue(_models) ?? []).SelectMany(text => Models(text, "--model"))];
        if (parse.GetValue(_table) is { } table)
            Read(table, standard, others);
        var result = RobustnessResult.Of(
            standard,
            others,
            Enum.Parse<RobustnessAxes>(parse.GetValue(_axes)!, ignoreCase: true),
            parse.GetValue(_relative),
            new Dictionary<string, string> { ["command"] = CommandLineText.Of(parse) }
        );
        if (parse.GetValue(_directory) is { } directory)
        {
            Directory.CreateDirectory(directory);
            result.WriteJson(Path.Combine(directory, "results.json"));
            AtomicFile.Write(Path.Combine(directory, "table.md"), TableRenderer.ToMarkdown(result.ToTable()));
            result.WriteReport(Path.Combine(directory, "report.html"));
            terminal.Remark($"results.json, table.md and report.html are in {directory}");
        }

        if (terminal.Json)
            Terminal.Result(result.ToJson().TrimEnd('\n'));
        else
            TableFormat.Show(terminal, result.ToTable(), parse.GetValue(_format)!);
    }

    private static IEnumerable<RobustnessModel> Models(string text, string option)
    {
        string[] halves = text.Split('=', 2, StringSplitOptions.TrimEntries);
        string[] sides = halves.Length < 2 ? [] : halves[1].Split(',', StringSplitOptions.TrimEntries);
        if (halves[0].Length == 0 || sides.Length is < 1 or > 2 || sides.Any(side => side.Length == 0))
            throw new ArgumentException($"{option} '{text}': the form is NAME=IN,SHIFTED or NAME=PROBE");
        return sides.Length == 2 ? [new RobustnessModel(halves[0], Share(sides[0]), Share(sides[1]))] : OfProbe(halves[0], sides[0]);
    }

    private static double Share(string side)
    {
        if (double.TryParse(side, NumberStyles.Float, CultureInfo.InvariantCulture, out double share))
        {
            return share is >= 0 and <= 1 ? share : throw new ArgumentException($"'{side}': an accuracy is a share from 0 to 1");
        }

        JsonField result = Open(side);
        return result.Has("tests") ? Top1(result.Field("tests").Items()[0].Field("main")) : Top1(result.Field("main"));
    }

    // The probe, zero-shot beside it, and the probes of few pictures.
    private static IEnumerable<RobustnessModel> OfProbe(string name, string path)
    {
        JsonField result = Open(path);
        IReadOnlyList<JsonField> tests = result.Field("tests").Items();
        if (tests.Count < 2)
            throw result.Field("tests").Wrong("the probe was asked of one data set; two --test are wanted, in distribution and shifted");
        yield return new RobustnessModel(name, Top1(tests[0].Field("main")), Top1(tests[1].Field("main")));
        if (tests.Take(2).All(test => test.Field("single").List().Count > 0))
            yield return new RobustnessModel($"{name}, zero-shot", ZeroShot(tests[0]), ZeroShot(tests[1]));
        (string first, string second) = (tests[0].Field("data").Text(), tests[1].Field("data").Text());
        foreach (
            IGrouping<int, JsonField> shots in result
                .Field("fewShot")
                .List()
                .Where(point => point.Optional("shots") is not null)
                .GroupBy(point => point.Field("shots").Whole(1))
        )
        {
            double Of(string data) => shots.Single(point => point.Field("data").Text() == data).Field("accuracy").Number();
            yield return new RobustnessModel($"{name}, {shots.Key} of each", Of(first), Of(second));
        }
    }

    private static double ZeroShot(JsonField test) => Top1(test.Field("single").Items()[0]);

    private static double Top1(JsonField figures) => figures.Field("top1").Field("value").Number();

    private static JsonField Open(string path) => JsonField.Load(Directory.Exists(path) ? Path.Combine(path, "results.json") : path);

    private static void Read(string path, List<RobustnessModel> standard, List<RobustnessModel> others)
    {
        var table = CsvTable.Read(path, ["name", "in", "shifted", "standard"], trim: true);
        foreach (CsvRow row in table.Rows)
        {
            double Accuracy(string column) =>
                double.TryParse(row[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1
                    ? share
                    : throw new InvalidDataException($"{row.PlaceOf(column)}: '{row[column]}' is no share from 0 to 1");
            (row.Index("standard", 2) == 1 ? standard : others).Add(
                new RobustnessModel(row.Text("name"), Accuracy("in"), Accuracy("shifted"))
            );
        }
    }
}
