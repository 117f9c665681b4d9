using Dcsm.Clip.Checkpoints;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Hub;

/// <summary>A revision of a repository on the hub: its commit and files.</summary>
internal sealed record HubRepository(string Commit, IReadOnlyList<HubFile> Files)
{
    // So that no sum of sizes wraps.
    private const long MostBytes = 1L << 50;

    private static readonly string[] Described =
    [
        "config.json",
        OpenClipConfig.FileName,
        "preprocessor_config.json",
        "processor_config.json",
        "vocab.json",
        "merges.txt",
        "vocab.txt",
        "spiece.model",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
    ];

    /// <summary>Reads what <c>/api/models/…?blobs=true</c> answers.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static HubRepository Parse(ReadOnlySpan<byte> json, string source)
    {
        var answer = JsonField.Parse(json, source);
        string commit = answer.Field("sha").String();
        if (commit.Length == 0 || !commit.All(char.IsAsciiHexDigit))
            throw answer.Field("sha").Expected("a commit");
        var files = new List<HubFile>();
        foreach (JsonField file in answer.Field("siblings").List())
        {
            string? hash = file.Optional("lfs")?.Field("sha256").String();
            string? blob = file.Optional("blobId")?.String();
            if (hash is not (null or { Length: 64 }) || blob is not (null or { Length: 40 }) || !(hash + blob).All(char.IsAsciiHexDigit))
                throw file.Expected("a file with its hashes");
            // Mirrors that don't know ?blobs=true tell names only.
            long size = blob is null ? 0 : file.Field("size").Whole(0L, MostBytes);
            files.Add(new HubFile(file.Field("rfilename").String(), size, hash, blob));
        }
        return new HubRepository(commit, files);
    }

    /// <summary>The file that tells whether this is open_clip's or transformers' model, where its name alone does not; else null.</summary>
    public HubFile? Deciding =>
        Files.Any(file => file.Name == OpenClipConfig.FileName) ? Files.FirstOrDefault(file => file.Name == "config.json") : null;

    /// <summary>The files that a CLIP is opened from: description, tokenizer, weights.</summary>
    /// <param name="model">"owner/name", for messages.</param>
    /// <param name="isOpenClip">Whether config.json is that of something else, so that open_clip's files are needed.</param>
    /// <exception cref="InvalidDataException">The repository has no weights that can be opened.</exception>
    public IReadOnlyList<HubFile> Needed(string model, bool isOpenClip)
    {
        List<HubFile> needed = [.. Files.Where(file => Described.Contains(file.Name))];
        IReadOnlyList<string> names = ModelFolder.WeightNames(isOpenClip);
        HubFile weights =
            names.Select(name => Files.FirstOrDefault(file => file.Name == name)).FirstOrDefault(file => file is not null)
            ?? throw new InvalidDataException($"{model}: has no weights that can be opened: none of {string.Join(", ", names)}.");
        needed.Add(weights);
        if (weights.Name.EndsWith(ModelFolder.IndexSuffix, StringComparison.Ordinal))
            needed.AddRange(Files.Where(file => ModelFolder.IsShard(file.Name, weights.Name)));
        if (!needed.Exists(IsDescription))
        {
            throw new InvalidDataException(
                $"{model}: has neither config.json nor {OpenClipConfig.FileName}, so it is no CLIP that can be opened."
            );
        }

        return needed;
    }

    /// <summary>Whether a file is the description that a directory is known by.</summary>
    public static bool IsDescription(HubFile file) => file.Name is "config.json" or OpenClipConfig.FileName;
}
