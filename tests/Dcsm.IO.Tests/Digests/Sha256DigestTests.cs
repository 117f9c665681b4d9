using Dcsm.IO.Digests;

namespace Dcsm.IO.Tests.Digests;

public sealed class Sha256DigestTests
{
    // FIPS 180-2, "abc".
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public async Task All_ways_give_the_published_digest()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("abc", "abc");
        Assert.Equal("sha256:" + Abc, Sha256Digest.Of("abc"u8));
        Assert.Equal("sha256:" + Abc, Sha256Digest.Of("abc"));
        Assert.Equal("sha256:" + Abc, Sha256Digest.OfFile(path));
        Assert.Equal(Abc, Sha256Digest.Hex("abc"u8));
        using FileStream stream = File.OpenRead(path);
        Assert.Equal(Abc, Sha256Digest.Hex(stream));
        stream.Position = 0;
        Assert.Equal(Abc, await Sha256Digest.HexAsync(stream, CancellationToken.None));
        using var digest = new Sha256Digest();
        digest.Append("a"u8);
        digest.Append("bc");
        Assert.Equal("sha256:" + Abc, digest.Finish());
        digest.Append("abc");
        Assert.Equal(Abc, digest.FinishHex());
    }
}
