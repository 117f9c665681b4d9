using Dcsm.IO.Json;

namespace Dcsm.Clip.Hub;

/// <summary>A revision of a repository on the hub: its commit and files.</summary>
internal sealed record HubRepository(string Commit, IReadOnlyList<HubFile> Files)
{
    private static readonly string[] Described =
    [
        "config.json",
        "preprocessor_config.json",
        "vocab.json",
        "merges.txt",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
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
            string blob = file.Field("blobId").String();
            if (hash is { Length: not 64 } || blob.Length != 40 || !(hash + blob).All(char.IsAsciiHexDigit))
                throw file.Expected("a file with its hashes");
            files.Add(new HubFile(file.Field("rfilename").String(), file.Field("size").Whole(0L), hash, blob));
        }
        return new HubRepository(commit, files);
    }

    /// <summary>The files that a CLIP is opened from: description, tokenizer, weights.</summary>
    /// <exception cref="InvalidDataException">The repository has no weights that can be opened.</exception>
    public IReadOnlyList<HubFile> Needed(string model)
    {
        List<HubFile> needed = [.. Files.Where(file => Described.Contains(file.Name))];
        HubFile[] shards = [.. Files.Where(file => file.Name == "model.safetensors.index.json" || IsShard(file.Name))];
        if (Files.FirstOrDefault(file => file.Name == "model.safetensors") is { } weights)
        {
            needed.Add(weights);
        }
        else if (shards.Any(file => file.Name == "model.safetensors.index.json"))
        {
            needed.AddRange(shards);
        }
        else if (Files.FirstOrDefault(file => file.Name == "pytorch_model.bin") is { } pickled)
        {
            needed.Add(pickled);
        }
        else
        {
            throw new InvalidDataException(
                $"{model}: has no weights that can be opened: model.safetensors, its shards, or pytorch_model.bin."
            );
        }

        if (needed.All(file => file.Name != "config.json"))
            throw new InvalidDataException($"{model}: has no config.json, so it is no CLIP that can be opened.");
        return needed;
    }

    // Beside the index only: a name with a folder in it could lead anywhere.
    private static bool IsShard(string name) =>
        name.StartsWith("model-", StringComparison.Ordinal)
        && name.EndsWith(".safetensors", StringComparison.Ordinal)
        && !name.AsSpan().ContainsAny('/', '\\');
}
