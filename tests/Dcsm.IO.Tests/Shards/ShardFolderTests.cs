using System.Text.Json.Nodes;
using Dcsm.IO.Shards;

namespace Dcsm.IO.Tests.Shards;

public sealed class ShardFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        ShardManifest written = Write(2, 3) with { };
        ShardManifest read = ShardManifest.TryRead(Folder(2, 3))!;
        Assert.Equal(
            (written.Shard, written.Work, written.Total, written.First, written.Items, written.Inputs, written.Seconds),
            (read.Shard, read.Work, read.Total, read.First, read.Items, read.Inputs, read.Seconds)
        );
        Assert.Equal(written.Of, read.Of);
        Assert.Equal(written.Files, read.Files);
        Assert.Equal(written.Errors, read.Errors);
        Assert.Equal(7, read.Details["rows"]!.GetValue<int>());
        Assert.Null(read.Damage(Folder(2, 3)));
        Assert.Null(ShardManifest.TryRead(Folder(1, 3)));
    }

    [Fact]
    public void A_finished_part_is_told_from_one_that_is_not_or_is_damaged_or_of_something_else()
    {
        ShardManifest manifest = Write(2, 3);
        Assert.True(ShardFolder.IsDone(_folder.Path, manifest, out string? damage) && damage is null);
        Assert.False(ShardFolder.IsDone(_folder.Path, Manifest(1, 3), out damage) || damage is not null);
        Refuses("is of model b, not c", () => ShardFolder.IsDone(_folder.Path, Other(manifest, "model", "c"), out _));
        Refuses("pictures have changed", () => ShardFolder.IsDone(_folder.Path, manifest with { Inputs = "x" }, out _));
        Refuses("is cut into 3 parts", () => ShardFolder.IsDone(_folder.Path, Manifest(1, 4), out _));
        _folder.Write($"{new Shard(2, 3).Name}/rows.jsonl", "xxx");
        Assert.False(ShardFolder.IsDone(_folder.Path, manifest, out damage));
        Assert.Contains("is not what was written", damage, StringComparison.Ordinal);
    }

    [Fact]
    public void All_parts_must_be_there_whole_and_of_one_work()
    {
        Refuses("holds no parts", () => ShardFolder.ReadAll(_folder.Path));
        Write(1, 3);
        Write(3, 3);
        Directory.CreateDirectory(Folder(2, 3));
        Refuses("1 of 3 parts is not finished: 2", () => ShardFolder.ReadAll(_folder.Path));
        Write(2, 3, Other(Manifest(2, 3), "model", "c"));
        Refuses("is of model c, not b", () => ShardFolder.ReadAll(_folder.Path));
        Write(2, 3);
        Assert.Equal([1, 2, 3], ShardFolder.ReadAll(_folder.Path).Select(part => part.Manifest.Shard.Number));
        _folder.Write($"{new Shard(2, 3).Name}/rows.jsonl", "xxxx");
        Refuses("has 4 bytes, and had 3", () => ShardFolder.ReadAll(_folder.Path));
        Write(2, 3);
        Write(4, 4);
        Refuses("two cuts", () => ShardFolder.ReadAll(_folder.Path));
    }

    [Theory]
    [InlineData("\"shards\": 3", "\"shards\": 0", "shards")]
    [InlineData("\"items\": 3", "\"items\": 4", "part 2/3 of 10 items is not 4 from item 3 on")]
    [InlineData("\"item\": 4", "\"item\": 6", "errors")]
    [InlineData("\"rows.jsonl\"", "\"../rows.jsonl\"", "is no file of the folder")]
    [InlineData("dcsm-shard", "other", "format is not 'dcsm-shard'")]
    [InlineData("\"version\": 1", "\"version\": 2", "version is 2")]
    public void A_damaged_description_names_what_is_wrong(string from, string to, string message)
    {
        Write(2, 3);
        string path = Path.Combine(Folder(2, 3), ShardManifest.FileName);
        string text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        Refuses(message, () => ShardManifest.TryRead(Folder(2, 3)));
    }

    private static void Refuses(string message, Action action) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(action).Message, StringComparison.Ordinal);

    private static ShardManifest Other(ShardManifest manifest, string name, string value) =>
        manifest with
        {
            Of = new Dictionary<string, string>(manifest.Of) { [name] = value },
        };

    private string Folder(int number, int count) => ShardFolder.Of(_folder.Path, new Shard(number, count));

    private static ShardManifest Manifest(int number, int count)
    {
        (int first, int items) = new Shard(number, count).Of(10);
        return new ShardManifest
        {
            Shard = new Shard(number, count),
            Work = "work",
            Of = new Dictionary<string, string> { ["program"] = "a", ["model"] = "b" },
            Total = 10,
            First = first,
            Items = items,
            Inputs = "sha256:0",
            Files = new Dictionary<string, (long, string)>(),
            Errors = [new ShardError(first + 1, "a.png", "a.png: is broken")],
            Details = new JsonObject { ["rows"] = 7 },
            Seconds = 1.5,
        };
    }

    private ShardManifest Write(int number, int count, ShardManifest? manifest = null)
    {
        string folder = Folder(number, count);
        _folder.Write($"{Path.GetFileName(folder)}/rows.jsonl", "{}\n");
        manifest = (manifest ?? Manifest(number, count)) with { Files = ShardManifest.Measure(folder, "rows.jsonl") };
        manifest.Write(folder);
        return manifest;
    }
}
