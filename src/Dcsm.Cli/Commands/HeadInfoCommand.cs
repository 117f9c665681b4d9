using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Reporting.Tables;
using Spectre.Console;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm head info DIR</c>: what a head's directory holds.</summary>
internal sealed class HeadInfoCommand
{
    private readonly Argument<string?> _directory = new("DIR")
    {
        Description = "A head: dcsm_config.json and dcsm_head.safetensors. [default: the head that ships]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create() => new HeadInfoCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new("info", "Shows what a head is: its CLIP, sizes, functional words, training and measured figures.")
        {
            _directory,
        };
        return command.WithExamples("dcsm head info", "dcsm head info out/head --json").Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken) =>
        Run(parse.GetValue(_directory) ?? ShippedFiles.Head, terminal);

    private static void Run(string directory, Terminal terminal)
    {
        var head = DcsmHead.Load(directory);
        DcsmConfig config = head.Config;
        long parameters = config.ParameterCount;
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    parameters,
                    clip = new { name = config.ClipName, fingerprint = config.ClipFingerprint },
                    config.ImageTokens,
                    config.TextTokens,
                    config.Dimension,
                    config.Convolutions,
                    config.Channels,
                    config.Hidden,
                    words = new { name = config.Words.Name, words = config.Words.Words },
                    config.Placement,
                    config.Standardization,
                    training = config.Training,
                    metrics = config.Metrics,
                }
            );
            return;
        }

        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Row(string name, FormattableString value) =>
            grid.AddRow(new Text(name), new Text(Terminal.Escape(value.ToString(CultureInfo.InvariantCulture))));
        Row("directory", $"{directory}");
        Row("CLIP", $"{config.ClipName ?? "unnamed"}, {config.ClipFingerprint}");
        Row("map", $"{config.ImageTokens} image tokens × {config.TextTokens} text tokens, of {config.Dimension} dimensions");
        string convolutions =
            config.Convolutions == 0 ? "no convolution" : $"{config.Convolutions} convolutions of {config.Channels} channels";
        Row("head", $"{convolutions}, {config.Hidden} hidden; {parameters:N0} parameters");
        Row("functional words", $"{config.Words.Name}: {string.Join(", ", config.Words.Words)}");
        Row("placement", $"{config.Placement}, standardized {Standardized(config)}");
        Row("captions", $"{(config.CaptionForm == CaptionForm.Canonical ? "read in canonical form" : "read as they are written")}");
        if (config.KnownWords is { } known)
            Row("CLIP has read", $"{known.Count} words; of captions with others no probability is told");
        Row(
            "probability",
            $"{(config.Calibration is { } calibration ? Logistic(calibration) : "none: scores compare only within one form of caption")}"
        );
        foreach (
            IGrouping<string, (string Group, string Name, string Value)> group in Flatten("training", config.Training)
                .Concat(Flatten("metrics", config.Metrics))
                .GroupBy(row => row.Group)
        )
        {
            grid.AddEmptyRow();
            grid.AddRow(new Text(group.Key, new Style(decoration: Decoration.Bold)));
            foreach ((_, string name, string value) in group)
                Row("  " + name, $"{value}");
        }

        terminal.Result(grid);
        if (ValidationTables.OfHead(head) is { } validation)
            TableView.Show(terminal, validation);
    }

    // Long lists (of object names) are told by their length; the validation is a table of its own.
    private static IEnumerable<(string Group, string Name, string Value)> Flatten(string group, JsonNode? node) =>
        node is not JsonObject children
            ? []
            : children
                .Where(child => child.Value is not (null or JsonObject))
                .Select(child => (group, Words(child.Key), Plain(child.Value!)))
                .Concat(
                    children
                        .Where(child => child.Value is JsonObject && child.Key != "validation")
                        .SelectMany(child => Flatten($"{group}, {Words(child.Key)}", child.Value))
                );

    private static string Plain(JsonNode value) =>
        value switch
        {
            JsonArray { Count: > 16 } list => string.Create(CultureInfo.InvariantCulture, $"{list.Count} entries"),
            JsonArray list => string.Join(", ", list.Select(item => item is null ? "" : Plain(item))),
            _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            _ => value.ToJsonString(Terminal.JsonOptions),
        };

    /// <summary>"learning rate", of what code calls learningRate.</summary>
    private static string Words(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString())).Replace('_', ' ');

    private static string Standardized(DcsmConfig config) =>
        config.Standardization switch
        {
            MapStandardization.PerMap => "per map",
            MapStandardization.Fixed => string.Create(
                CultureInfo.InvariantCulture,
                $"by mean {config.MapMean} and deviation {config.MapDeviation}"
            ),
            _ => "over the whole batch",
        };

    private static string Logistic(ScoreCalibration calibration) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"1 / (1 + exp(−({calibration.Temperature:0.####} · score + {calibration.Bias:0.####})))"
        );
}
