using System.Text;
using Dcsm.IO.PyTorch;

namespace Dcsm.IO.Tests.PyTorch;

/// <summary>Pickles of a few bytes for each object that they ask for, in files of PyTorch's older layout.</summary>
public sealed class PickleBudgetTests : IDisposable
{
    // ("storage", FloatStorage, "0", "cpu", 4, ("view", 0, 1)), memorized as 0.
    private static readonly byte[] ViewId =
    [
        .. "("u8,
        .. Text("storage"),
        .. "ctorch\nFloatStorage\n"u8,
        .. Text("0"),
        .. Text("cpu"),
        .. "K\u0004("u8,
        .. Text("view"),
        .. "K\u0000K\u0001ttq\u0000"u8,
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Views_of_a_storage_are_charged() =>
        AssertRefused([.. ViewId, .. Repeated("h\0Q0"u8, 400_000)], "more memory than its file");

    [Fact]
    public void Tensors_and_their_sizes_are_charged()
    {
        byte[] ones = [.. "("u8, .. Repeated("K\u0001"u8, 64), .. "t"u8];
        byte[] bomb =
        [
            .. ViewId,
            .. "ctorch._utils\n_rebuild_tensor_v2\nq\u0001("u8,
            .. "h\0QK\0"u8,
            .. ones,
            .. ones,
            0x89,
            .. "}tq\u0002"u8,
            .. Repeated("h\u0001h\u0002R0"u8, 100_000),
        ];
        AssertRefused(bomb, "more memory than its file");
    }

    [Fact]
    public void A_key_is_no_number_that_takes_long_to_write()
    {
        byte[] key = [0x8A, 200, .. Enumerable.Repeat((byte)0x5A, 200)];
        AssertRefused([.. "}"u8, .. key, .. "Ns"u8], "a dictionary's key is a number of 200 bytes");
    }

    [Theory]
    [InlineData(1L << 33)]
    [InlineData(-(1L << 40))]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_whole_number_of_64_bits_is_one(long number)
    {
        string path = Write([.. "}"u8, .. Text("n"), 0x8A, 8, .. BitConverter.GetBytes(number), .. "s"u8]);
        using var checkpoint = PyTorchCheckpoint.Open(path);
        Assert.True(Assert.IsType<PyTorchObject>(checkpoint.Root).TryGet("n", out object? value));
        Assert.Equal(number, Assert.IsType<long>(value));
    }

    private void AssertRefused(byte[] pickle, string message)
    {
        string path = Write(pickle);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string refused = Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(path)).Message;
        Assert.StartsWith(path, refused, StringComparison.Ordinal);
        Assert.Contains(message, refused, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 20);
    }

    private string Write(byte[] pickle)
    {
        byte[] magic = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];
        byte[] system = [.. "}"u8, .. Text("little_endian"), 0x88, (byte)'s'];
        byte[][] pickles = [magic, [(byte)'M', 0xE9, 3], system, pickle, "]"u8.ToArray()];
        File.WriteAllBytes(_folder["old.pt"], [.. pickles.SelectMany(part => (byte[])[0x80, 2, .. part, (byte)'.'])]);
        return _folder["old.pt"];
    }

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Repeated(ReadOnlySpan<byte> part, int times)
    {
        byte[] all = new byte[part.Length * times];
        for (int i = 0; i < times; i++)
            part.CopyTo(all.AsSpan(i * part.Length));
        return all;
    }
}
