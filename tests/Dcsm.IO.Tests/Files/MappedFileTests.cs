using Dcsm.IO.Files;

namespace Dcsm.IO.Tests.Files;

public sealed class MappedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_read_where_it_is_asked_for_and_not_beyond()
    {
        File.WriteAllBytes(_folder["f"], [1, 2, 3, 4]);
        using var file = MappedFile.Open(_folder["f"]);
        Assert.Equal(4, file.Length);
        Assert.Equal([2, 3], file.Span(1, 2).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Span(3, 2).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Span(-1, 2).ToArray());
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Span(0, 1).ToArray());
    }

    [Fact]
    public void What_is_no_file_is_told()
    {
        File.WriteAllBytes(_folder["empty"], []);
        Assert.Contains(
            "is empty",
            Assert.Throws<InvalidDataException>(() => MappedFile.Open(_folder["empty"])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is a folder",
            Assert.Throws<FileNotFoundException>(() => MappedFile.Open(_folder.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no such file",
            Assert.Throws<FileNotFoundException>(() => MappedFile.Open(_folder["none"])).Message,
            StringComparison.Ordinal
        );
    }

    // A process has about 65,000 mappings and no more.
    [Fact]
    public void A_file_that_nobody_closes_is_closed_when_nobody_has_it()
    {
        if (!OperatingSystem.IsLinux())
            return;
        File.WriteAllBytes(_folder["forgotten"], new byte[100]);
        for (int i = 0; i < 200; i++)
            Assert.Equal(100, Forget());
        int mapped = int.MaxValue;
        for (int i = 0; i < 50 && mapped > 20; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            mapped = File.ReadLines("/proc/self/maps").Count(line => line.EndsWith("forgotten", StringComparison.Ordinal));
        }

        Assert.InRange(mapped, 0, 20);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private long Forget() => MappedFile.Open(_folder["forgotten"]).Length;
}
