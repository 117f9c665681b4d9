using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Output;
using Dcsm.IO.Shards;

namespace Dcsm.Cli.Shards;

/// <summary>One part of the scores of a list: its rows, what was left out of them, and the description of both.</summary>
internal sealed class ScoreShard
{
    public const string Work = "score",
        RowsFile = "scores.jsonl",
        SkippedFile = "skipped.jsonl";

    private readonly Shard _shard;
    private readonly string _directory;
    private readonly ScoreInput _whole;
    private readonly IReadOnlyList<string> _pictures;
    private readonly long _start = Stopwatch.GetTimestamp();
    private ShardManifest? _manifest;

    /// <param name="directory">The folder of all parts.</param>
    /// <param name="shard">Which part.</param>
    /// <param name="whole">The whole list.</param>
    public ScoreShard(string directory, Shard shard, ScoreInput whole)
    {
        (_directory, _shard, _whole, _pictures) = (directory, shard, whole, whole.Pictures);
        (First, int count) = shard.Of(_pictures.Count);
        Input = whole.Part(First, count);
    }

    /// <summary>What is in the part.</summary>
    public ScoreInput Input { get; }

    /// <summary>Its first picture in the whole list.</summary>
    public int First { get; }

    /// <summary>Where it goes.</summary>
    public string Folder => ShardFolder.Of(_directory, _shard);

    /// <summary>Whether broken pictures were to be left out in so many words, so that results list them though there are none.</summary>
    public required bool ListsSkipped { get; init; }

    /// <summary>Describes the part before anything is computed.</summary>
    /// <param name="models">What the models are known by.</param>
    /// <param name="cosines">Whether cosines are asked for.</param>
    /// <param name="softmax">Whether shares are asked for.</param>
    /// <param name="terminal">Where it is said what is there.</param>
    /// <returns>False where it is there already.</returns>
    /// <exception cref="InvalidDataException">Something else is in its place.</exception>
    public bool Begin(IReadOnlyDictionary<string, string> models, bool cosines, bool softmax, Terminal terminal)
    {
        var of = new Dictionary<string, string>(models, StringComparer.Ordinal)
        {
            ["columns"] = $"{(cosines ? "cosine" : "no cosine")}, {(softmax ? "softmax" : "no softmax")}",
            ["list"] = _whole.Digest(),
        };
        int count = _shard.Of(_pictures.Count).Count;
        _manifest = new ShardManifest
        {
            Shard = _shard,
            Work = Work,
            Of = of,
            Total = _pictures.Count,
            First = First,
            Items = count,
            Inputs = ShardFacts.OfFiles(_pictures.Skip(First).Take(count).Select(path => (path, path))),
            Files = new Dictionary<string, (long, string)>(),
        };
        return ShardFacts.IsToDo(_directory, _manifest, terminal);
    }

    /// <summary>Writes the part; its description last.</summary>
    /// <param name="scores">Its rows.</param>
    /// <param name="source">What makes them.</param>
    /// <param name="cosine">Whether they have cosines.</param>
    /// <param name="layout">What else they have.</param>
    /// <param name="broken">What is wrong with each picture that can't be read, complete when the rows are.</param>
    public void Write(
        IEnumerable<ScoredPair> scores,
        ScoreSource source,
        bool cosine,
        ScoreLayout layout,
        IReadOnlyDictionary<string, string> broken
    )
    {
        long rows = ShardLines.Write(Path.Combine(Folder, RowsFile), scores);
        IReadOnlyList<SkippedPair> skipped = layout.Skipped?.Invoke() ?? [];
        ShardLines.Write(Path.Combine(Folder, SkippedFile), skipped);
        ShardManifest manifest = _manifest! with
        {
            Files = ShardManifest.Measure(Folder, RowsFile, SkippedFile),
            Errors =
            [
                .. Enumerable
                    .Range(First, _manifest.Items)
                    .Where(i => broken.ContainsKey(_pictures[i]))
                    .Select(i => new ShardError(i, _pictures[i], broken[_pictures[i]])),
            ],
            Details = new JsonObject
            {
                ["rows"] = rows,
                ["skipped"] = skipped.Count,
                ["from"] = Input.FirstRow,
                ["pairs"] = _whole.IsPairs,
                ["whole"] = _whole.Count,
                ["cosine"] = cosine,
                ["calibration"] = layout.HasCalibration,
                ["softmax"] = layout.Softmax,
                ["truncated"] = layout.AnyTruncated,
                ["listsSkipped"] = ListsSkipped,
                ["columns"] = new JsonArray([.. _whole.OtherColumns.Select(name => (JsonNode)name)]),
                ["source"] = JsonSerializer.SerializeToNode(source, ShardLines.Options),
            },
            Seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds,
        };
        manifest.Write(Folder);
    }
}
