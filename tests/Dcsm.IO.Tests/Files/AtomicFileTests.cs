using Dcsm.IO.Files;

namespace Dcsm.IO.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private const string Torn = "numbers.json.0a1b2c3d.4e5.tmp";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_and_what_killed_processes_left_of_it_is_gone()
    {
        File.WriteAllText(_folder["numbers.json"], "old");
        Leave(Torn);
        AtomicFile.Write(_folder["numbers.json"], "new");
        Assert.Equal("new"u8.ToArray(), File.ReadAllBytes(_folder["numbers.json"]));
        Assert.Equal([_folder["numbers.json"]], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_file_that_has_just_been_made_may_have_a_writer()
    {
        File.WriteAllText(_folder[Torn], "ha");
        AtomicFile.Write(_folder["numbers.json"], "new");
        Assert.True(File.Exists(_folder[Torn]));
    }

    [Theory]
    [InlineData("numbers.json.tmp")]
    [InlineData("numbers.json.backup.tmp")]
    [InlineData("other-numbers.json.0a1b2c3d.4e5.tmp")]
    [InlineData("numbers.json.0A1B2C3D.4E5.tmp")]
    [InlineData("0a1b2c3d.4e5.tmp")]
    public void Files_of_others_stay(string name)
    {
        Leave(name);
        AtomicFile.Write(_folder["numbers.json"], "new");
        Assert.Equal("ha", File.ReadAllText(_folder[name]));
    }

    [Fact]
    public void What_is_being_written_stays()
    {
        AtomicFile.Write(
            _folder["numbers.json"],
            outer =>
            {
                outer.Write("outer"u8);
                outer.Flush();
                foreach (string held in Directory.GetFiles(_folder.Path))
                    File.SetLastWriteTimeUtc(held, DateTime.UtcNow.AddMinutes(-1));
                AtomicFile.Write(_folder["numbers.json"], "inner");
            }
        );
        Assert.Equal("outer", File.ReadAllText(_folder["numbers.json"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_writer_that_fails_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(_folder["numbers.json"], "old");
        Assert.Throws<InvalidOperationException>(() =>
            AtomicFile.Write(
                _folder["numbers.json"],
                stream =>
                {
                    stream.WriteByte(1);
                    throw new InvalidOperationException();
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(_folder["numbers.json"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Of_many_files_what_is_torn_is_removed_at_once()
    {
        Leave(Torn);
        AtomicFile.Write(_folder["numbers.json"], "new"u8, oneOfMany: true);
        Assert.True(File.Exists(_folder[Torn]));
        AtomicFile.RemoveAllTorn(_folder.Path);
        Assert.Equal([_folder["numbers.json"]], Directory.GetFiles(_folder.Path));
        AtomicFile.RemoveAllTorn(_folder["nowhere"]);
    }

    [Fact]
    public async Task Many_writers_of_one_file_at_once_leave_one_of_their_contents()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(writer =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < 50; i++)
                            AtomicFile.Write(_folder["numbers.json"], new string((char)('a' + writer), 10_000));
                    })
                )
        );
        string content = await File.ReadAllTextAsync(_folder["numbers.json"]);
        Assert.Equal(10_000, content.Length);
        Assert.Single(content.Distinct());
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_link_is_followed_and_stays()
    {
        File.WriteAllText(_folder["numbers.json"], "old");
        File.CreateSymbolicLink(_folder["link"], "numbers.json");
        File.CreateSymbolicLink(_folder["dangling"], "made.json");
        AtomicFile.Write(_folder["link"], "new");
        AtomicFile.Write(_folder["dangling"], "made");
        Assert.Equal("numbers.json", new FileInfo(_folder["link"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder["numbers.json"]));
        Assert.Equal("made", File.ReadAllText(_folder["made.json"]));
        Assert.NotNull(new FileInfo(_folder["dangling"]).LinkTarget);
    }

    [Fact]
    public void Permissions_stay()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.WriteAllText(_folder["numbers.json"], "old");
        File.SetUnixFileMode(_folder["numbers.json"], Private);
        AtomicFile.Write(_folder["numbers.json"], "new");
        Assert.Equal(Private, File.GetUnixFileMode(_folder["numbers.json"]));

        File.WriteAllText(AtomicFile.Part(_folder["numbers.json"]), "newer");
        AtomicFile.Finish(AtomicFile.Part(_folder["numbers.json"]), _folder["numbers.json"]);
        Assert.Equal(Private, File.GetUnixFileMode(_folder["numbers.json"]));
        Assert.Equal("newer", File.ReadAllText(_folder["numbers.json"]));
    }

    [Theory]
    [InlineData("n", 255)]
    [InlineData("ü", 127)]
    [InlineData("😀", 63)]
    public void A_name_may_be_as_long_as_the_system_lets_it(string letter, int times)
    {
        string name = string.Concat(Enumerable.Repeat(letter, times));
        AtomicFile.Write(_folder[name], "old");
        AtomicFile.Write(_folder[name], "new");
        Assert.Equal("new", File.ReadAllText(_folder[name]));
        Assert.Single(Directory.GetFiles(_folder.Path));
        File.WriteAllText(AtomicFile.Part(_folder[name]), "part");
    }

    [Fact]
    public async Task A_pipe_is_written_to_and_stays()
    {
        if (OperatingSystem.IsWindows())
            return;
        SpecialFiles.MakePipe(_folder["pipe"]);
        Task<string> read = Task.Run(() => File.ReadAllTextAsync(_folder["pipe"]));
        AtomicFile.Write(_folder["pipe"], "through");
        Assert.Equal("through", await read.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(RegularFile.IsSpecial(_folder["pipe"]));
        AtomicFile.Write("/dev/null", "nothing");
        Assert.True(RegularFile.IsSpecial("/dev/null"));
    }

    private void Leave(string name)
    {
        File.WriteAllText(_folder[name], "ha");
        File.SetLastWriteTimeUtc(_folder[name], DateTime.UtcNow.AddMinutes(-1));
    }
}
