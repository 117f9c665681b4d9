using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Shards;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm merge</c>: joins what runs with <c>--shard</c> have made.</summary>
internal sealed class MergeCommand
{
    private readonly Argument<string> _directory = new("DIR")
    {
        Description = "The folder that the parts went to (--out of their command).",
    };
    private readonly Option<string?> _out = new("--out", "-o")
    {
        Description =
            $"Where the whole goes: of scores a file, {ScoreFormat.Endings}; of embeddings a folder. [default: scores.csv "
            + "in DIR; embeddings into DIR itself]",
        HelpName = "PATH",
    };

    public static Command Create() => new MergeCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "merge",
            "Joins the parts that --shard made: checks that all are there, whole, of one list, program and model, and writes what the "
                + "command would have written without --shard, to the byte."
        )
        {
            _directory,
            _out,
        };
        return command
            .WithExamples("dcsm merge out/scores", "dcsm merge out/scores --out scores.json", "dcsm merge out/embeddings")
            .Judges(Run);
    }

    private bool Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string directory = parse.GetValue(_directory)!;
        string? target = parse.GetValue(_out);
        IReadOnlyList<(string Folder, ShardManifest Manifest)> parts = ShardFolder.ReadAll(directory);
        ShardManifest first = parts[0].Manifest;
        if (CommandShard.Is(first))
        {
            if (target is not null)
                throw new ArgumentException($"--out: what '{first.Work}' makes goes into {directory} itself");
            // The command has said what is wrong.
            return CommandShard.Merge(parts, directory, terminal) == 0;
        }

        string result = first.Work switch
        {
            ScoreShard.Work => Scores(parts, target ?? Path.Combine(directory, "scores.csv"), terminal, cancellationToken),
            EncodeShard.Work => EncodeShard.Merge(parts, target ?? directory, terminal, cancellationToken),
            var other => throw new InvalidDataException($"{parts[0].Folder}: is of '{other}', which can't be merged"),
        };
        int errors = parts.Sum(part => part.Manifest.Errors.Count);
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    result = target ?? (first.Work == ScoreShard.Work ? Path.Combine(directory, "scores.csv") : directory),
                    work = first.Work,
                    parts = parts.Count,
                    items = first.Total,
                    errors,
                    seconds = Math.Round(parts.Sum(part => part.Manifest.Seconds), 3),
                }
            );
            return true;
        }

        terminal.Remark(
            $"{result}, from {NumberText.Count(parts.Count, "part")}{(errors > 0 ? $"; {errors} pictures were left out" : "")}"
        );
        return true;
    }

    private static string Scores(
        IReadOnlyList<(string Folder, ShardManifest Manifest)> parts,
        string file,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        if (ScoreFormat.Of(file) is null)
            throw new ArgumentException($"--out {file}: the ending must be {ScoreFormat.Endings}");
        long count = ScoreMerge.Write(parts, file, terminal, cancellationToken);
        return $"{NumberText.Count(count, "score")} in {file}";
    }
}
