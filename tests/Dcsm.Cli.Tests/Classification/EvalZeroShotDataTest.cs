using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Dcsm.Cli.Tests.Classification;

[Collection(TinyModelsSecondGroup.Name)]
public sealed class EvalZeroShotDataTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_class_folders_gives_every_template_the_ensemble_and_the_confusions()
    {
        string data = Pictures(("apple", 3), ("car", 2), ("cat", 2));
        string saved = _folder["weights.safetensors"];
        CliResult run = ZeroShot(
            data,
            "--template",
            "a photo of a {}",
            "--template",
            "a {c}",
            "--json",
            "--out",
            _folder["out"],
            "--save-weights",
            saved
        );
        JsonElement result = run.Succeeds().Json();
        Assert.Equal((3, 7), (result.GetProperty("classCount").GetInt32(), result.GetProperty("pictureCount").GetInt32()));
        Assert.Equal(
            ["a photo of a {}", "a {c}"],
            result.GetProperty("single").EnumerateArray().Select(one => one.GetProperty("name").GetString())
        );
        double mean = result
            .GetProperty("single")
            .EnumerateArray()
            .Average(one => one.GetProperty("top1").GetProperty("value").GetDouble());
        Assert.Equal(mean, result.GetProperty("meanOfSingle").GetDouble(), 12);
        Assert.Equal(
            result.GetProperty("main").GetProperty("top1").GetProperty("value").GetDouble() - mean,
            result.GetProperty("gainOverMean").GetProperty("value").GetDouble(),
            12
        );
        Assert.All(
            new[] { "results.json", "items.csv", "confusion.csv", "table.md", "table.tex", "report.html" },
            name => Assert.True(File.Exists(Path.Combine(_folder["out"], name)), name)
        );
        Assert.Equal(8, File.ReadAllLines(Path.Combine(_folder["out"], "items.csv")).Length);
        Assert.Equal(
            7,
            File.ReadAllLines(Path.Combine(_folder["out"], "confusion.csv")).Skip(1).Sum(line => line.Split(',').Skip(1).Sum(int.Parse))
        );
        Assert.Contains("data:image/", File.ReadAllText(Path.Combine(_folder["out"], "report.html")), StringComparison.Ordinal);

        // Embeddings are kept, and saved weights give the same answer.
        Assert.Equal(7, Directory.GetFiles(Path.Combine(_folder["out"], "embeddings"), "*.dme", SearchOption.AllDirectories).Length);
        JsonElement again = ZeroShot(data, "--weights", saved, "--json", "--quiet").Succeeds().Json();
        Assert.Equal(
            result.GetProperty("main").GetProperty("top1").GetRawText(),
            again.GetProperty("main").GetProperty("top1").GetRawText()
        );
        ZeroShot(Pictures(("dog", 1), ("egg", 1)), "--weights", saved).FailsWith(saved, "other classes");
    }

    [Fact]
    public void Tables_name_one_class_or_several()
    {
        Pictures(("x", 4));
        File.WriteAllText(
            _folder["table.csv"],
            "image,labels\ndata1/x/0.png,apple|car\ndata1/x/1.png,car\ndata1/x/2.png,cat\ndata1/x/3.png,apple\n"
        );
        JsonElement several = ZeroShot($"csv:{_folder["table.csv"]}", "--json", "--quiet").Succeeds().Json();
        Assert.InRange(several.GetProperty("main").GetProperty("meanAveragePrecision").GetDouble(), 0.01, 1);
        File.WriteAllText(
            _folder["table.jsonl"],
            "{\"image\": \"data1/x/0.png\", \"label\": \"apple\"}\n{\"image\": \"data1/x/1.png\", \"label\": \"car\"}\n"
        );
        JsonElement one = ZeroShot($"jsonl:{_folder["table.jsonl"]}", "--json", "--quiet").Succeeds().Json();
        Assert.Equal(JsonValueKind.Null, one.GetProperty("main").GetProperty("meanAveragePrecision").ValueKind);
        File.WriteAllText(_folder["names.txt"], "apple\ncat\n");
        ZeroShot($"csv:{_folder["table.csv"]}", "--classnames", _folder["names.txt"]).FailsWith("table.csv", "line 2", "'car'");
    }

    [Fact]
    public void Tars_and_binary_files_are_read_where_they_lie()
    {
        string data = Pictures(("apple", 2), ("car", 1));
        using (FileStream file = File.Create(_folder["0.tar"]))
        {
            using var tar = new TarWriter(file);
            foreach ((string name, byte[] content) in Members(data))
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        File.WriteAllText(_folder["classnames.txt"], "apple\ncar\n");
        JsonElement packed = ZeroShot($"webdataset:{_folder["{0..0}.tar"]}", "--json", "--quiet").Succeeds().Json(),
            plain = ZeroShot(data, "--json", "--quiet").Succeeds().Json();
        Assert.Equal(
            plain.GetProperty("main").GetProperty("top1").GetRawText(),
            packed.GetProperty("main").GetProperty("top1").GetRawText()
        );
        File.Delete(_folder["classnames.txt"]);

        byte[] images = new byte[16 + (3 * 28 * 28)];
        new byte[] { 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28 }.CopyTo(images, 0);
        Random.Shared.NextBytes(images.AsSpan(16));
        Gzip("t10k-images-idx3-ubyte.gz", images);
        Gzip("t10k-labels-idx1-ubyte.gz", [0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2]);
        Assert.Equal(3, ZeroShot($"mnist:{_folder.Path}", "--json", "--quiet").Succeeds().Json().GetProperty("classCount").GetInt32());
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4), 4);
        Gzip("t10k-images-idx3-ubyte.gz", images);
        ZeroShot($"mnist:{_folder.Path}").FailsWith("t10k-images-idx3-ubyte.gz", "bytes");

        File.WriteAllBytes(_folder["test_batch.bin"], [.. new byte[3073], 1, .. new byte[3072]]);
        Assert.Equal(2, ZeroShot($"cifar:{_folder.Path}", "--json", "--quiet").Succeeds().Json().GetProperty("pictureCount").GetInt32());
        File.WriteAllBytes(_folder["test_batch.bin"], new byte[3000]);
        ZeroShot($"cifar:{_folder.Path}").FailsWith("test_batch.bin", "3000");
    }

    [Fact]
    public void Our_own_objects_are_one_data_set()
    {
        JsonElement set = ZeroShot("objects", "--pictures", "2", "--template", "a picture of a {}", "--json", "--quiet").Succeeds().Json(),
            today = Cli.Run("eval", "zeroshot", "--clip", models.Clip, "--pictures", "2", "--json", "--quiet").Succeeds().Json();
        Assert.Equal(
            today.GetProperty("naming").GetProperty("value").GetDouble(),
            set.GetProperty("main").GetProperty("top1").GetProperty("value").GetDouble()
        );
    }

    [Fact]
    public void Wrong_input_is_named()
    {
        Directory.CreateDirectory(_folder["empty"]);
        ZeroShot(_folder["empty"]).FailsWith("empty", "no folders");
        ZeroShot(Pictures(("apple", 1))).FailsWith("apple", "two at least");
        string data = Pictures(("apple", 1), ("car", 1));
        Directory.CreateDirectory(Path.Combine(data, "void"));
        ZeroShot(data).FailsWith("void", "no pictures");
        Directory.Delete(Path.Combine(data, "void"));
        ZeroShot(data, "--template", "a photo").FailsWith("a photo", "no place");
        ZeroShot("nothing:here").FailsWith("nothing", "webdataset");
        File.WriteAllText(Path.Combine(data, "car", "broken.png"), "no picture");
        ZeroShot(data).FailsWith("broken.png");
        Assert.Contains("left out: 1 picture", ZeroShot(data, "--skip-broken").Succeeds().Out, StringComparison.Ordinal);
        File.WriteAllText(_folder["bad.tar"], "no tar at all");
        ZeroShot($"webdataset:{_folder["bad.tar"]}").FailsWith("bad.tar");
        ZeroShot($"webdataset:{_folder["{0..99999999999}.tar"]}").FailsWith("0..99999999999", "no range");
        ZeroShot($"webdataset:{_folder["{7..3}.tar"]}").FailsWith("7..3", "no range");
        using (FileStream file = File.Create(_folder["long.tar"]))
        {
            using var tar = new TarWriter(file);
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a.txt") { DataStream = new MemoryStream(new byte[100_000]) });
        }

        ZeroShot($"webdataset:{_folder["long.tar"]}").FailsWith("long.tar", "a.txt", "100000 bytes");
    }

    private CliResult ZeroShot(string data, params string[] arguments) =>
        Cli.Run(["eval", "zeroshot", "--clip", models.Clip, "--data", data, .. arguments]);

    private int _number;

    // Class folders of pictures of the scenes, which need not show what they are said to.
    private string Pictures(params (string Class, int Count)[] classes)
    {
        string data = _folder[$"data{++_number}"];
        string[] pictures = [.. Directory.GetFiles(Path.Combine(models.Scenes, "images")).Order(StringComparer.Ordinal)];
        int next = 0;
        foreach ((string name, int count) in classes)
        {
            Directory.CreateDirectory(Path.Combine(data, name));
            for (int i = 0; i < count; i++)
                File.Copy(pictures[next++], Path.Combine(data, name, $"{i}.png"));
        }

        return data;
    }

    private static IEnumerable<(string, byte[])> Members(string data)
    {
        int number = 0;
        foreach (string file in Directory.GetFiles(data, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            yield return ($"s{number:000}.png", File.ReadAllBytes(file));
            yield return ($"s{number++:000}.cls", Encoding.UTF8.GetBytes(file.Contains("apple", StringComparison.Ordinal) ? "0" : "1"));
        }
    }

    private void Gzip(string name, byte[] content)
    {
        using var packed = new GZipStream(File.Create(_folder[name]), CompressionLevel.Fastest);
        packed.Write(content);
    }
}
