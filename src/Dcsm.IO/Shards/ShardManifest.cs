using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Collections;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.IO.Shards;

/// <summary>
/// What a finished part of a list is of and what it holds: <c>shard.json</c>, written last, so that a part without it is not finished.
/// </summary>
public sealed record ShardManifest
{
    /// <summary>The name of the file in the folder of the part.</summary>
    public const string FileName = "shard.json";

    private const string Format = "dcsm-shard";

    /// <summary>Which part.</summary>
    public required Shard Shard { get; init; }

    /// <summary>What was done: "score".</summary>
    public required string Work { get; init; }

    /// <summary>What all parts must have in common: program, models, settings and the whole list, by names.</summary>
    public required IReadOnlyDictionary<string, string> Of
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>Items of the whole list.</summary>
    public required int Total { get; init; }

    /// <summary>The part's first item in the whole list, from 0.</summary>
    public required int First { get; init; }

    /// <summary>Its items, those with errors among them.</summary>
    public required int Items { get; init; }

    /// <summary>"sha256:…" over what its items are now, such as lengths of files: whether they have changed since.</summary>
    public required string Inputs { get; init; }

    /// <summary>Files of the part in its folder: bytes and "sha256:…".</summary>
    public required IReadOnlyDictionary<string, (long Bytes, string Digest)> Files
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>Items that could not be done.</summary>
    public IReadOnlyList<ShardError> Errors
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<ShardError>([]);

    /// <summary>What whoever joins the parts needs besides.</summary>
    public JsonObject Details { get; init; } = [];

    /// <summary>How long the part took.</summary>
    public double Seconds { get; init; }

    /// <summary>Looks at files of a part.</summary>
    /// <param name="folder">The part's folder.</param>
    /// <param name="names">The files.</param>
    public static IReadOnlyDictionary<string, (long Bytes, string Digest)> Measure(string folder, params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.ToDictionary(
            name => name,
            name =>
                Path.Combine(folder, name) is var path && new FileInfo(path) is { Exists: true, Length: var bytes }
                    ? (bytes, Sha256Digest.OfFile(path))
                    : throw new FileNotFoundException($"{path}: there is no such file", path),
            StringComparer.Ordinal
        );
    }

    /// <summary>Reads the description of a finished part.</summary>
    /// <param name="folder">The part's folder.</param>
    /// <returns>The description; null where the part is not finished.</returns>
    /// <exception cref="InvalidDataException">The file is damaged; the message names the field.</exception>
    public static ShardManifest? TryRead(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return File.Exists(path) ? Parse(RegularFile.ReadAll(path), path) : null;
    }

    /// <summary>Writes the description; the files must be whole before.</summary>
    /// <param name="folder">The part's folder; made if it is not there.</param>
    public void Write(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), ToJson().Span);

    /// <summary>What is damaged of the part's files; null where all are as they were written.</summary>
    /// <param name="folder">The part's folder.</param>
    public string? Damage(string folder)
    {
        foreach ((string name, (long bytes, string digest)) in Files)
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path))
                return $"{path}: is missing";
            if (new FileInfo(path).Length is var found && found != bytes)
                return $"{path}: has {found} bytes, and had {bytes} when it was written";
            if (Sha256Digest.OfFile(path) != digest)
                return $"{path}: is not what was written";
        }

        return null;
    }

    /// <summary>What a part is of otherwise than this one, in words; null where both belong to one list, program and model.</summary>
    /// <param name="other">The other part, or what is asked for.</param>
    public string? Difference(ShardManifest other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Work != other.Work)
            return $"is of '{Work}', not '{other.Work}'";
        foreach (string name in Of.Keys.Union(other.Of.Keys, StringComparer.Ordinal))
        {
            string? there = Of.GetValueOrDefault(name),
                asked = other.Of.GetValueOrDefault(name);
            if (there != asked)
                return $"is of {name} {there ?? "(none)"}, not {asked ?? "(none)"}";
        }

        return Total == other.Total ? null : $"is of a list of {Total}, not {other.Total}";
    }

    private ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonLayout.Indented))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", 1);
            json.WriteString("work", Work);
            json.WriteNumber("shard", Shard.Number);
            json.WriteNumber("shards", Shard.Count);
            json.WriteStartObject("of");
            foreach ((string name, string value) in Of)
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteNumber("total", Total);
            json.WriteNumber("first", First);
            json.WriteNumber("items", Items);
            json.WriteString("inputs", Inputs);
            json.WriteStartObject("files");
            foreach ((string name, (long bytes, string digest)) in Files)
            {
                json.WriteStartObject(name);
                json.WriteNumber("bytes", bytes);
                json.WriteString("digest", digest);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteStartArray("errors");
            foreach (ShardError error in Errors)
            {
                json.WriteStartObject();
                json.WriteNumber("item", error.Item);
                json.WriteString("name", error.Name);
                json.WriteString("reason", error.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WritePropertyName("details");
            Details.WriteTo(json);
            json.WriteNumber("seconds", Math.Round(Seconds, 3));
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static ShardManifest Parse(ReadOnlySpan<byte> utf8, string path)
    {
        var file = JsonField.Parse(utf8, path);
        if (file.Optional("format") is not { Kind: JsonValueKind.String } format || format.String() != Format)
            throw file.Wrong($"format is not '{Format}'; this is no description of a part");
        if (file.Field("version").Whole(1) is var version && version != 1)
            throw file.Wrong($"version is {version}; this program reads version 1");
        int count = file.Field("shards").Whole(1, Shard.Most);
        int total = file.Field("total").Whole(0);
        var shard = new Shard(file.Field("shard").Whole(1, count), count);
        (int first, int items) = (file.Field("first").Whole(0), file.Field("items").Whole(0));
        if (shard.Of(total) != (first, items))
            throw file.Wrong($"part {shard} of {total} items is not {items} from item {first} on");
        return new ShardManifest
        {
            Work = file.Field("work").String(),
            Shard = shard,
            Of = file.Field("of").Fields().ToDictionary(field => field.Name, field => field.String(), StringComparer.Ordinal),
            Total = total,
            First = first,
            Items = items,
            Inputs = file.Field("inputs").String(),
            Files = file.Field("files")
                .Fields()
                .ToDictionary(field => FileIn(field), field => (field.Field("bytes").Whole(0L), field.Field("digest").String())),
            Errors =
            [
                .. file.Field("errors")
                    .List()
                    .Select(error => new ShardError(
                        error.Field("item").Whole(first, first + items - 1),
                        error.Field("name").String(),
                        error.Field("reason").String()
                    )),
            ],
            Details = file.Field("details").ToNode(),
            Seconds = file.Field("seconds").Number(),
        };
    }

    // What a description names lies in its folder, whoever wrote it.
    private static string FileIn(JsonField field) =>
        field.Name is { Length: > 0 } name && Path.GetFileName(name) == name && name is not ("." or "..")
            ? name
            : throw field.Wrong($"'{field.Name}' is no file of the folder");
}
