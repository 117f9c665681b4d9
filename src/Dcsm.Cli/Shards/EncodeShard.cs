using System.Diagnostics;
using System.Text.Json.Nodes;
using Dcsm.Cli.Output;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Json;
using Dcsm.IO.Shards;
using Dcsm.IO.Tensors;

namespace Dcsm.Cli.Shards;

/// <summary>One part of the embeddings of a list: a store of its own, and which pairs of the whole list it keeps.</summary>
internal sealed class EncodeShard
{
    public const string Work = "encode";

    private const string PairsFile = "pairs-of-list.jsonl";

    private readonly Shard _shard;
    private readonly string _directory;
    private readonly EmbeddingStoreInput _whole;
    private readonly long _start = Stopwatch.GetTimestamp();
    private ShardManifest? _manifest;

    /// <param name="directory">The folder of all parts.</param>
    /// <param name="shard">Which part.</param>
    /// <param name="whole">The whole list.</param>
    public EncodeShard(string directory, Shard shard, EmbeddingStoreInput whole)
    {
        (_directory, _shard, _whole) = (directory, shard, whole);
        (int image, int images) = shard.Of(whole.Images.Count);
        (int caption, int captions) = shard.Of(whole.Captions.Count);
        Input = new EmbeddingStoreInput
        {
            Images = [.. whole.Images.Skip(image).Take(images)],
            Captions = [.. whole.Captions.Skip(caption).Take(captions)],
            EncodedCaptions = whole.EncodedCaptions is { } encoded ? [.. encoded.Skip(caption).Take(captions)] : null,
        };
    }

    /// <summary>What is in the part; pairs are put together when parts are.</summary>
    public EmbeddingStoreInput Input { get; }

    /// <summary>Where it goes.</summary>
    public string Folder => ShardFolder.Of(_directory, _shard);

    /// <summary>Describes the part before anything is computed.</summary>
    /// <returns>False where it is there already.</returns>
    /// <exception cref="InvalidDataException">Something else is in its place.</exception>
    public bool Begin(ClipModel clip, string? compatibility, EmbeddingStoreOptions options, Terminal terminal)
    {
        Dictionary<string, string> of = ShardFacts.Of(clip, compatibility);
        of["dtype"] = options.Type.Name();
        of["text tokens"] = $"{options.TextTokens}";
        of["list"] = ShardFacts.OfList([
            .. _whole.Images.Select(image => image.Name),
            "captions",
            .. _whole.Captions,
            .. _whole.EncodedCaptions ?? [],
            "pairs",
            .. _whole.Pairs.Select(pair => $"{pair.Row} {pair.Image} {pair.Caption}"),
        ]);
        (int first, int items) = _shard.Of(_whole.Images.Count);
        _manifest = new ShardManifest
        {
            Shard = _shard,
            Work = Work,
            Of = of,
            Total = _whole.Images.Count,
            First = first,
            Items = items,
            Inputs = ShardFacts.OfFiles(Input.Images.Select(image => (image.Name, image.Path))),
            Files = new Dictionary<string, (long, string)>(),
        };
        return ShardFacts.IsToDo(_directory, _manifest, terminal);
    }

    /// <summary>Describes the finished part.</summary>
    /// <param name="broken">What is wrong with each picture that was left out, by its file.</param>
    public void Finish(IReadOnlyDictionary<string, string> broken)
    {
        (int first, int count) = _shard.Of(_whole.Pairs.Count);
        ShardLines.Write(Path.Combine(Folder, PairsFile), _whole.Pairs.Skip(first).Take(count));
        IEnumerable<string> files = Directory
            .EnumerateFiles(Folder)
            .Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith('.') && name != ShardManifest.FileName)
            .Order(StringComparer.Ordinal);
        ShardManifest manifest = _manifest! with
        {
            Files = ShardManifest.Measure(Folder, files),
            Errors =
            [
                .. Input
                    .Images.Index()
                    .Where(image => broken.ContainsKey(image.Item.Path))
                    .Select(image => new ShardError(_manifest.First + image.Index, image.Item.Name, broken[image.Item.Path])),
            ],
            Details = new JsonObject { ["pairs"] = _whole.Pairs.Count },
            Seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds,
        };
        manifest.Write(Folder);
    }

    /// <summary>Joins parts to the store that would have been written without them, to the byte.</summary>
    /// <param name="parts">All of them.</param>
    /// <param name="directory">The store.</param>
    /// <param name="terminal">Where progress and what was left out go.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>What there is now, in words.</returns>
    public static string Merge(
        IReadOnlyList<(string Folder, ShardManifest Manifest)> parts,
        string directory,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        ShardError[] errors = [.. parts.SelectMany(part => part.Manifest.Errors)];
        foreach (ShardError error in errors)
            terminal.Warning($"left out: {error.Reason}");
        string[] stores =
        [
            .. parts.Where(part => part.Manifest.Files.ContainsKey(EmbeddingStoreInfo.FileName)).Select(part => part.Folder),
        ];
        if (stores.Length == 0)
            throw new InvalidDataException($"no picture is left, such as {errors.First().Reason}");
        int[] left = [.. errors.Select(error => error.Item)];
        EmbeddingStoreInfo info = ProgressView.Track(
            terminal,
            "Joining",
            "rows",
            progress => TokenEmbeddingStore.Join(stores, directory, Pairs(parts, left), progress, cancellationToken)
        );
        return $"{NumberText.Count(info.Images, "picture")} and {NumberText.Count(info.Captions, "caption")} in {directory}";
    }

    // Numbers of the whole list, which broken pictures have, too, become those of the store, which has none of them.
    private static IEnumerable<StoredPair> Pairs(IReadOnlyList<(string Folder, ShardManifest Manifest)> parts, int[] left)
    {
        foreach ((string folder, _) in parts)
        {
            foreach (JsonField line in JsonLines.Read(Path.Combine(folder, PairsFile)))
            {
                int image = line.Field("image").Whole(0),
                    at = Array.BinarySearch(left, image);
                if (at < 0)
                    yield return new StoredPair(line.Field("row").Whole(0), image - ~at, line.Field("caption").Whole(0));
            }
        }
    }
}
