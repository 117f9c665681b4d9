using System.Globalization;
using Dcsm.IO.Files;

namespace Dcsm.IO.Tests.Files;

public sealed class FolderLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_has_one_holder_whom_the_next_is_told()
    {
        string directory = _folder["out"];
        using (FolderLock.Take(directory, "dcsm train"))
        {
            IOException refused = Assert.Throws<IOException>(() => FolderLock.Take(directory + "/", "dcsm train"));
            Assert.Contains(directory, refused.Message, StringComparison.Ordinal);
            Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
            Assert.Contains("dcsm train", refused.Message, StringComparison.Ordinal);
        }
        FolderLock.Take(directory, "dcsm train").Dispose();
    }

    [Fact]
    public void Nothing_is_left_and_a_folder_only_if_something_is_in_it()
    {
        FolderLock.Take(_folder["a/b"], "x").Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        using (FolderLock.Take(_folder["a/b"], "x"))
            File.WriteAllText(_folder["a/b/file"], "");
        Assert.Equal([_folder["a/b/file"]], Directory.EnumerateFileSystemEntries(_folder["a/b"]));
    }

    [Fact]
    public void What_a_killed_process_left_is_taken_over()
    {
        string left;
        using (FolderLock.Take(_folder.Path, "x"))
            left = Assert.Single(Directory.GetFiles(_folder.Path, "*-lock"));
        File.WriteAllText(left, "");
        File.WriteAllText(left + "-holder", "process 1");
        FolderLock.Take(_folder.Path, "x").Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Of_many_that_take_and_give_back_no_two_hold_at_once()
    {
        int holders = 0,
            taken = 0;
        Parallel.For(
            0,
            400,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            _ =>
            {
                try
                {
                    using (FolderLock.Take(_folder.Path, "x"))
                    {
                        Assert.Equal(1, Interlocked.Increment(ref holders));
                        Interlocked.Increment(ref taken);
                        Thread.SpinWait(1000);
                        Interlocked.Decrement(ref holders);
                    }
                }
                catch (IOException)
                {
                    // Refused, as it may be.
                }
            }
        );
        Assert.True(taken > 0);
    }

    [Fact]
    public void A_file_in_the_way_is_named()
    {
        string file = _folder.Write("file", "");
        Assert.Contains(file, Assert.Throws<IOException>(() => FolderLock.Take(file, "x")).Message, StringComparison.Ordinal);
    }
}
