using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.Cli.Output;
using Dcsm.Data.Scenes.Folders;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Shards;

namespace Dcsm.Cli.Shards;

/// <summary>
/// One part of a work whose whole the same command makes when it finds all parts done: seeds, variants, scenes, items of a benchmark.
/// </summary>
internal sealed class CommandShard
{
    /// <summary>The log of scores of a part of a benchmark.</summary>
    public const string ScoreLog = "scores.jsonl";

    // What decides nothing of the result, or is for the machine that runs a part.
    private static readonly string[] OfNoResult =
    [
        "--shard",
        "--threads",
        "--config",
        "--markdown",
        "--overwrite",
        "--device",
        "--quiet",
        "-q",
        "--verbose",
        "-v",
        "--json",
        "--csv-raw",
    ];

    private readonly string _directory;
    private readonly string[] _arguments;
    private readonly string _work;
    private readonly long _start = Stopwatch.GetTimestamp();
    private ShardManifest? _manifest;

    private CommandShard(Shard shard, ParseResult parse)
    {
        (Shard, _directory) = (shard, parse.GetValue<string>("--out")!);
        _work = string.Join(' ', Path(parse.CommandResult));
        _arguments = [.. Arguments(parse)];
    }

    /// <summary>Which part.</summary>
    public Shard Shard { get; }

    /// <summary>Where what is the part's own goes.</summary>
    public string Folder => ShardFolder.Of(_directory, Shard);

    /// <summary>The part that a command line asks for; null for all.</summary>
    public static CommandShard? Of(ParseResult parse) => ShardOption.Of(parse) is { } shard ? new CommandShard(shard, parse) : null;

    /// <summary>Whether <c>dcsm merge</c> has the command itself make the whole.</summary>
    public static bool Is(ShardManifest manifest) => manifest.Details.ContainsKey("arguments");

    /// <summary>Describes the part before anything is computed.</summary>
    /// <param name="total">How many runs, scenes or items there are in all.</param>
    /// <param name="models">What the models are known by.</param>
    /// <param name="terminal">Where it is said what is there.</param>
    /// <returns>False where it is there already.</returns>
    /// <exception cref="InvalidDataException">Something else is in its place.</exception>
    public bool Begin(int total, IReadOnlyDictionary<string, string> models, Terminal terminal)
    {
        (int first, int items) = Shard.Of(total);
        _manifest = new ShardManifest
        {
            Shard = Shard,
            Work = _work,
            Of = new Dictionary<string, string>(models, StringComparer.Ordinal)
            {
                ["program"] = ShardFacts.Program(),
                ["command"] = Options.CommandLineText.Of(_arguments),
            },
            Total = total,
            First = first,
            Items = items,
            Inputs = "",
            Files = new Dictionary<string, (long, string)>(),
            Details = new JsonObject
            {
                ["folder"] = Environment.CurrentDirectory,
                ["arguments"] = new JsonArray([.. _arguments.Select(argument => (JsonNode)argument)]),
            },
        };
        return ShardFacts.IsToDo(_directory, _manifest, terminal);
    }

    /// <summary>Describes the finished part.</summary>
    /// <param name="terminal">Where it is said.</param>
    /// <param name="files">What is the part's own, in its folder.</param>
    public void Finish(Terminal terminal, params IEnumerable<string> files)
    {
        Directory.CreateDirectory(Folder);
        ShardManifest manifest = _manifest! with
        {
            Files = ShardManifest.Measure(Folder, files),
            Seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds,
        };
        manifest.Write(Folder);
        terminal.Remark(
            string.Create(
                CultureInfo.InvariantCulture,
                $"part {Shard}, {manifest.Items} of {manifest.Total}, is in {_directory}; 'dcsm merge {_directory}' makes the whole"
            )
        );
    }

    /// <summary>Has the command make the whole in the folder of its parts, and nowhere else.</summary>
    /// <returns>The command's exit code.</returns>
    public static int Merge(IReadOnlyList<(string Folder, ShardManifest Manifest)> parts, string directory, Terminal terminal)
    {
        (string folder, ShardManifest first) = parts[0];
        JsonField details = ShardLines.Details(folder, first);
        List<string> arguments = [.. details.Field("arguments").List().Select(argument => argument.String())];
        directory = System.IO.Path.GetFullPath(directory);
        int place = arguments.FindIndex(argument => argument is "--out" or "-o");
        bool isKnown =
            (first.Work is "synth" or "train" or "train ablate" || first.Work.StartsWith("eval ", StringComparison.Ordinal))
            && string.Join(' ', arguments).StartsWith(first.Work, StringComparison.Ordinal);
        if (!isKnown || place < 0 || place + 1 >= arguments.Count)
            throw details.Field("arguments").Wrong("are of no command that is made of parts");
        arguments[place + 1] = directory;
        if (first.Work == "synth")
            Join(parts, SceneDatasetWriter.ListName, System.IO.Path.Combine(directory, SceneDatasetWriter.ListName), ".partial", _ => true);
        else if (first.Work.StartsWith("eval ", StringComparison.Ordinal))
            Join(parts, ScoreLog, System.IO.Path.Combine(directory, ScoreLog), "", IsItem);
        if (details.Field("folder").String() is var there && Directory.Exists(there))
            Environment.CurrentDirectory = there;
        arguments.AddRange(["--shard", "none"]);
        if (terminal.Quiet)
            arguments.Add("--quiet");
        if (terminal.Json)
            arguments.Add("--json");
        if (terminal.CsvRaw)
            arguments.Add("--csv-raw");
        return DcsmCommandLine.RunAsync(arguments).GetAwaiter().GetResult();
    }

    // Lines of all parts as one file, unless the whole is there.
    private static void Join(
        IReadOnlyList<(string Folder, ShardManifest Manifest)> parts,
        string name,
        string target,
        string suffix,
        Func<TextLine, bool> takes
    )
    {
        if (File.Exists(target))
            return;
        AtomicFile.Write(
            target + suffix,
            stream =>
            {
                bool any = false;
                foreach ((string folder, _) in parts)
                {
                    using FileStream lines = RegularFile.OpenRead(System.IO.Path.Combine(folder, name));
                    foreach (TextLine line in TextLine.ReadAll(lines).Where(line => !any || takes(line)))
                    {
                        stream.Write(line.Bytes.Span);
                        stream.WriteByte((byte)'\n');
                        any = true;
                    }
                }
            }
        );
    }

    // Each part's log begins with a line that tells what run it is of.
    private static bool IsItem(TextLine line) => line.Number > 1;

    private static IEnumerable<string> Arguments(ParseResult parse)
    {
        IReadOnlyList<Token> tokens = parse.Tokens;
        for (int i = 0; i < tokens.Count; i++)
        {
            bool isOption = tokens[i].Type == TokenType.Option;
            if (!isOption || !OfNoResult.Contains(tokens[i].Value))
            {
                yield return tokens[i].Value;
                continue;
            }

            // With what follows it, where that is its value.
            if (i + 1 < tokens.Count && tokens[i + 1].Type == TokenType.Argument && TakesValue(parse, tokens[i].Value))
                i++;
        }
    }

    private static bool TakesValue(ParseResult parse, string name) =>
        parse.CommandResult.Command.Options.FirstOrDefault(option => option.Name == name) is { } option && option.ValueType != typeof(bool);

    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? [.. Path(parent), result.Command.Name] : [];
}
