using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.PyTorch;
using Dcsm.IO.Safetensors;

namespace Dcsm.IO.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private static readonly Dictionary<string, Action<string>> Readers = new()
    {
        ["text"] = path => Utf8File.Read(path),
        ["json"] = path => JsonField.Load(path),
        ["python"] = path => JsonField.LoadFromPython(path),
        ["lines"] = path => JsonLines.Read(path).Count(),
        ["index"] = path => LineIndex.Open(path, 1),
        ["digest"] = path => Sha256Digest.OfFile(path),
        ["pytorch"] = path => PyTorchCheckpoint.Open(path),
        ["safetensors"] = path => SafetensorsFile.Open(path),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Readers.Keys];

    public void Dispose() => _folder.Dispose();

    // Whoever opened a pipe would wait for a writer, and whoever read a device would not come to an end.
    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_reader_waits_for_a_pipe_or_reads_a_device(string reader)
    {
        if (OperatingSystem.IsWindows())
            return;
        SpecialFiles.MakePipe(_folder["pipe"]);
        File.CreateSymbolicLink(_folder["link"], "/dev/zero");
        foreach (string path in (string[])[_folder["pipe"], "/dev/zero", _folder["link"]])
        {
            Task<InvalidDataException> refused = Task.Run(() => Assert.Throws<InvalidDataException>(() => Readers[reader](path)));
            InvalidDataException error = await refused.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.StartsWith($"{path}: is a pipe or a device", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_is_not_read_beyond_what_it_may_have()
    {
        File.WriteAllText(_folder["a.json"], "{}");
        using (FileStream sparse = File.Create(_folder["large.json"]))
            sparse.SetLength(Utf8File.MostOfDescription + 1L);
        Assert.Equal(2, RegularFile.ReadAll(_folder["a.json"], 2).Length);
        Assert.Contains(
            "has 2 bytes, and may have 1",
            Assert.Throws<InvalidDataException>(() => RegularFile.ReadAll(_folder["a.json"], 1)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "may have 67108864 at most",
            Assert.Throws<InvalidDataException>(() => JsonField.LoadFromPython(_folder["large.json"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_is_quoted_is_cut()
    {
        Assert.Equal("short", Excerpt.Of("short"));
        Assert.Equal(60, Excerpt.Of(new string('a', 1 << 20)).Length);
        Assert.Equal("aaaaaa...", Excerpt.Of("aaaaaa\U0001F600 and more", 10));
    }
}
