using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Json;

namespace Dcsm.Cli.Options;

/// <summary>
/// A command's options as a JSON file: an object whose keys are the options' names without dashes at the front. What is given on the
/// command line counts more.
/// </summary>
internal static class ConfigFile
{
    private const string OptionName = "--config";

    // What a run writes beside the options, so that the file tells all.
    private static readonly string[] Records = ["settings", "versions"];

    public static Option<string?> Option() =>
        new OptionsFile
        {
            Description =
                "Options from a JSON file, such as run.json of another run: {\"steps\": 500, \"data\": [\"csv:pictures.csv\"]}. "
                + "Those on the command line count more.",
            HelpName = "FILE",
        };

    /// <summary>Adds the options of the file that a command line names.</summary>
    /// <param name="root">The tree of commands.</param>
    /// <param name="args">The command line.</param>
    /// <returns>The whole command line, parsed; may have errors.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not as described, or an option of it is wrong; the message names it.</exception>
    public static ParseResult Parse(RootCommand root, IReadOnlyList<string> args)
    {
        ParseResult parse = root.Parse(args);
        Command command = parse.CommandResult.Command;
        if (
            command.Options.OfType<OptionsFile>().FirstOrDefault() is not { } config
            || parse.GetResult(config)?.Tokens is not [{ Value: { Length: > 0 } path }]
        )
        {
            return parse;
        }

        string[] commands = [.. Path(parse.CommandResult)];
        List<string> added = [];
        foreach (JsonField field in Read(path).Fields())
        {
            string key = field.Name;
            Option[] known = [.. command.Options.Where(option => option.Name is not (OptionName or "--help"))];
            if (Records.Contains(key))
                continue;
            Option option =
                known.FirstOrDefault(option => option.Name == "--" + key)
                ?? throw new InvalidDataException(
                    $"{path}: '{key}' is no option of 'dcsm {string.Join(' ', commands)}'; it has "
                        + $"{string.Join(", ", known.Select(option => option.Name[2..]).Order(StringComparer.Ordinal))}"
                );
            string[] tokens = [.. Values(field).Select(value => $"{option.Name}={value}")];
            if (parse.GetResult(option) is { Implicit: false })
                continue;
            ParseResult with = root.Parse([.. args, .. tokens]);
            if (with.Errors.FirstOrDefault(error => IsOf(error.SymbolResult, option)) is { } wrong)
                throw field.Wrong(wrong.Message);
            added.AddRange(tokens);
        }

        return root.Parse([.. args, .. added]);
    }

    private static bool IsOf(SymbolResult? result, Option option) =>
        result is OptionResult own ? own.Option == option : result is ArgumentResult && IsOf(result.Parent, option);

    /// <summary>The options of a command line, as a file that <c>--config</c> reads, with what became of them.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="settings">All settings that decide the run, as resolved.</param>
    public static string Write(ParseResult parse, JsonNode settings)
    {
        var file = new JsonObject();
        foreach (
            Option option in parse.CommandResult.Command.Options.Where(option =>
                option.Name is not (OptionName or "--help" or "--overwrite" or "--shard")
            )
        )
        {
            if (parse.GetResult(option) is { Implicit: false } given)
                file[option.Name[2..]] = Node(option, given.Tokens);
        }
        file["settings"] = settings.DeepClone();
        file["versions"] = JsonSerializer.SerializeToNode(SoftwareVersions.Current());
        return file.ToJsonString(Terminal.JsonOptions) + "\n";
    }

    // Other commands may call something else so.
    private sealed class OptionsFile() : Option<string?>(OptionName);

    private static JsonField Read(string path) =>
        File.Exists(path)
            ? JsonField.Load(
                path,
                new JsonDocumentOptions
                {
                    CommentHandling = JsonCommentHandling.Skip,
                    AllowTrailingCommas = true,
                    AllowDuplicateProperties = false,
                }
            )
            : throw new FileNotFoundException($"{path}: there is no such file; {OptionName} names a JSON file of options", path);

    private static IEnumerable<string> Values(JsonField field) =>
        field.Kind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.Array => field
                .List()
                .SelectMany(item => item.Kind is JsonValueKind.Array or JsonValueKind.Null ? throw Wrong(item) : Values(item)),
            JsonValueKind.String => [field.String()],
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => [field.Element.GetRawText()],
            _ => throw Wrong(field),
        };

    private static InvalidDataException Wrong(JsonField field) => field.Expected("a text, a number, true or false, or a list of these");

    private static JsonNode? Node(Option option, IReadOnlyList<Token> tokens)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        if (type == typeof(bool))
            return tokens is [] or [{ Value: "true" }];
        JsonNode?[] values =
        [
            .. tokens.Select(token =>
                type == typeof(string) || type == typeof(string[]) ? JsonValue.Create(token.Value)
                : decimal.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
                    ? JsonValue.Create(number)
                : JsonValue.Create(token.Value)
            ),
        ];
        return type.IsArray ? new JsonArray(values)
            : values is [var only] ? only
            : null;
    }

    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? [.. Path(parent), result.Command.Name] : [];
}
