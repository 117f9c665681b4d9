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
}
