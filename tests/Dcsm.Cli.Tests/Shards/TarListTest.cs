using System.Formats.Tar;
using System.Text;

namespace Dcsm.Cli.Tests.Shards;

/// <summary>WebDataset tars as lists of pictures, and of pairs: the scores and embeddings of the files, whole and in parts.</summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed class TarListTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_in_tars_have_the_scores_of_their_files_and_parts_make_the_same_file()
    {
        string[] pictures = Pictures();
        Tars(pictures);
        string[] score = ["score", "-c", "a red apple", "-c", "no cat", "--clip", models.Clip, "--head", models.Head, "--skip-broken"];
        Cli.Run([.. score, .. pictures, "--out", _folder["files.csv"]]).Succeeds();
        string shards = _folder["shards"];
        Cli.Run([.. score, shards, "--out", _folder["plain.csv"]]).Succeeds();
        string[] plain = File.ReadAllLines(_folder["plain.csv"]);
        Assert.Equal(Scores(File.ReadAllLines(_folder["files.csv"])), Scores(plain));
        Assert.StartsWith($"{Path.Combine(shards, "a-000.tar")}#00.png,", plain[1], StringComparison.Ordinal);
        foreach (int number in new[] { 2, 3, 1 })
            Cli.Run([.. score, shards, "--out", _folder["parts"], "--shard", $"{number}/3"]).Succeeds();
        Cli.Run("merge", _folder["parts"], "--out", _folder["merged.csv"]).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["plain.csv"]), File.ReadAllText(_folder["merged.csv"]));
        // A tar of its own, and a picture of one.
        Cli.Run([.. score, Path.Combine(shards, "a-000.tar"), Path.Combine(shards, "a-001.tar"), "--out", _folder["named.csv"]])
            .Succeeds();
        Assert.Equal(plain, File.ReadAllLines(_folder["named.csv"]));
        Cli.Run([.. score, $"{Path.Combine(shards, "a-000.tar")}#00.png", "--out", _folder["one.csv"]]).Succeeds();
        Assert.Equal(plain[..3].Select(line => line.TrimEnd(',')), File.ReadAllLines(_folder["one.csv"]).Select(line => line.TrimEnd(',')));
        Cli.Run([.. score[..^1], $"{Path.Combine(shards, "a-000.tar")}#77.png"]).FailsWith("a-000.tar#77.png: there is no such picture");
    }

    [Fact]
    public void Pairs_of_tars_are_scored_and_encoded_as_a_table_of_them()
    {
        string[] pictures = Pictures();
        Tars(pictures);
        string table = _folder.Write(
            "pairs.csv",
            "image,caption\n" + string.Concat(pictures.Select((picture, i) => $"{picture},a cat and {i % 4} apples\n"))
        );
        string tars = _folder["shards/a-{000..001}.tar"];
        string[] both = ["--clip", models.Clip, "--head", models.Head];
        Cli.Run(["score", "--pairs", table, .. both, "--skip-broken", "--out", _folder["table.csv"]]).Succeeds();
        Cli.Run(["score", "--pairs", tars, .. both, "--skip-broken", "--out", _folder["plain.csv"]]).Succeeds();
        Assert.Equal(Scores(File.ReadAllLines(_folder["table.csv"])), Scores(File.ReadAllLines(_folder["plain.csv"])));
        string[] encode = ["encode", "--pairs", tars, .. both];
        Cli.Run([.. encode, "--skip-broken", "--out", _folder["store"]]).Succeeds();
        for (int number = 1; number <= 4; number++)
        {
            Cli.Run(["score", "--pairs", tars, .. both, "--out", _folder["parts"], "--shard", $"{number}/4"]).Succeeds();
            Cli.Run([.. encode, "--out", _folder["stores"], "--shard", $"{number}/4"]).Succeeds();
        }

        Cli.Run("merge", _folder["parts"], "--out", _folder["merged.csv"]).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["plain.csv"]), File.ReadAllText(_folder["merged.csv"]));
        Cli.Run("merge", _folder["stores"]).Succeeds();
        string[] files = [.. Directory.GetFiles(_folder["store"]).Select(file => Path.GetFileName(file))];
        Assert.Equal(6, files.Length);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(_folder[$"store/{file}"]), File.ReadAllBytes(_folder[$"stores/{file}"])));
        // Nothing is encoded anew, unless the tar has changed.
        Assert.Contains("is up to date", Cli.Run([.. encode, "--skip-broken", "--out", _folder["store"]]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_tar_is_said_with_its_sample()
    {
        byte[] picture = File.ReadAllBytes(models.Picture);
        string[] score = ["score", "--clip", models.Clip, "--head", models.Head, "--pairs"];
        Cli.Run([.. score, Tar("silent.tar", ("a.png", picture))]).FailsWith("silent.tar, a: has no caption");
        Cli.Run([.. score, Tar("blind.tar", ("b.txt", "a cat"u8.ToArray()))]).FailsWith("blind.tar, b: has a caption and no picture");
        Cli.Run([.. score, Tar("blank.tar", ("b.txt", " "u8.ToArray()), ("b.png", picture))])
            .FailsWith("blank.tar, b: the caption is empty");
        Cli.Run([.. score, Tar("field.tar", ("b.json", "{}"u8.ToArray()), ("b.png", picture))]).FailsWith("field.tar#b.json", "caption");
        Cli.Run([.. score, Tar("twice.tar", ("b.png", picture), ("./b.png", picture))]).FailsWith("twice.tar", "'b.png' is in it twice");
        Cli.Run([.. score, _folder.Write("no.tar", "no tar at all")]).FailsWith("no.tar: is no tar, or cut short");
        Cli.Run([.. score[..^1], "-c", "a cat", Tar("none.tar", ("a.txt", [1]))]).FailsWith("none.tar: is a tar without pictures");
    }

    // By the columns behind those of names; without the picture that is none, of which the formats are told.
    private static IEnumerable<string> Scores(string[] lines) =>
        lines.Where(line => !line.Contains("QOI", StringComparison.Ordinal)).Select(line => string.Join(',', line.Split(',')[^4..]));

    // Of six pictures each, captions once as text and once as JSON.
    private void Tars(string[] pictures)
    {
        Directory.CreateDirectory(_folder["shards"]);
        foreach ((int tar, string[] some) in pictures.Chunk(6).Index())
        {
            Tar(
                $"shards/a-{tar:000}.tar",
                [
                    .. some.SelectMany(
                        (picture, i) =>
                        {
                            int number = (6 * tar) + i;
                            byte[] caption = Encoding.UTF8.GetBytes($"a cat and {number % 4} apples");
                            return new[]
                            {
                                ($"{number:00}.png", File.ReadAllBytes(picture)),
                                number % 2 == 0
                                    ? ($"{number:00}.txt", caption)
                                    : ($"{number:00}.json", [.. "{\"caption\": \""u8, .. caption, .. "\"}"u8]),
                            };
                        }
                    ),
                ]
            );
        }
    }

    private string Tar(string name, params (string Name, byte[] Content)[] files)
    {
        using FileStream file = File.Create(_folder[name]);
        using var tar = new TarWriter(file);
        foreach ((string member, byte[] content) in files)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, member) { DataStream = new MemoryStream(content) });
        return _folder[name];
    }

    // The scenes' pictures, and one that is none.
    private string[] Pictures()
    {
        string[] pictures = [.. Directory.GetFiles(Path.Combine(models.Scenes, "images")).Order(StringComparer.Ordinal).Take(10)];
        return [.. pictures[..4], _folder.Write("broken.png", "no picture"), .. pictures[4..]];
    }
}
