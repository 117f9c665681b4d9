using Dcsm.Cli.Output;
using Dcsm.IO.Files;

namespace Dcsm.Cli.Tests;

public sealed class PlainWordsTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Places_and_reasons_are_named_as_ours_are()
    {
        File.WriteAllText(_folder["file"], "x");
        Assert.Equal($"{_folder["no"]}: there is no such file", Words(() => File.ReadAllText(_folder["no"])));
        Assert.Equal($"{_folder["no/no"]}: there is no such folder", Words(() => File.ReadAllText(_folder["no/no"])));
        Assert.Equal($"{_folder["no"]}: there is no such folder", Words(() => Directory.GetFiles(_folder["no"])));
        Assert.Equal($"{_folder["file"]}: is a file; there must be a folder", Words(() => Directory.CreateDirectory(_folder["file/a"])));
        Assert.Equal($"{_folder["file"]}: is a file; there must be a folder", Words(() => AtomicFile.Write(_folder["file/a.csv"], "x")));
        Assert.Equal($"{_folder.Path}: access is denied", Words(() => File.OpenRead(_folder.Path)));
    }

    [Fact]
    public void A_full_disk_is_said_to_be_full()
    {
        if (!File.Exists("/dev/full"))
            return;
        Assert.Equal("/dev/full: no space left on device", Words(() => File.WriteAllText("/dev/full", "x")));
    }

    [Fact]
    public void Nobody_reads_of_parameters_and_temporary_files()
    {
        Assert.Equal("The map is too small.", Words(() => throw new ArgumentException("The map is too small.", "model")));
        Assert.Equal("No such rule.", Words(() => throw new ArgumentOutOfRangeException("rule", 3, "No such rule.")));
        using FileStream held = new(_folder["a.csv.abcdefgh.123.tmp"], FileMode.Create, FileAccess.Write, FileShare.None);
        Assert.StartsWith(
            _folder["a.csv"] + ": ",
            Words(() => new FileStream(_folder["a.csv.abcdefgh.123.tmp"], FileMode.Open, FileAccess.Write, FileShare.None).Dispose()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Ours_are_left_as_they_are_but_in_one_line() =>
        Assert.Equal(@"a 'b' (c) d\u001b: 'e'", Words(() => throw new InvalidDataException("a 'b' (c)\nd\u001b: 'e'")));

    private static string Words(Action action) => PlainWords.Of(Assert.ThrowsAny<Exception>(action));
}
