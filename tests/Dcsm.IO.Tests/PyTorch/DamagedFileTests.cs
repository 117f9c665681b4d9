using System.Buffers.Binary;
using Dcsm.IO.PyTorch;
using Dcsm.IO.Safetensors;
using Xunit.Abstractions;

namespace Dcsm.IO.Tests.PyTorch;

/// <summary>
/// Files that a seeded hand has cut, flipped bits in or given absurd lengths: each is refused with an error that names
/// the file, or gives the tensors that it gave before.
/// </summary>
public sealed class DamagedFileTests(ITestOutputHelper output) : IDisposable
{
    private const int Times = 80;

    // Tensors are read into arrays once, and unpacked before where they are packed; what else is made is small.
    private const long LittleMemory = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_damaged_safetensors_file()
    {
        byte[] bytes = File.ReadAllBytes(Goldens.Path("clip-tiny", "a-quickgelu", "expected.safetensors"));
        // What its header does not say no one can check: only the header is damaged, or the end.
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Damage(
            "safetensors",
            bytes,
            [0..header],
            path =>
            {
                using var file = SafetensorsFile.Open(path);
                return file.Names.ToDictionary(
                    name => $"{name} {file.Get(name).Offset} {file.Get(name).Type}",
                    name => file.Bytes(name).ToArray()
                );
            }
        );
    }

    [Fact]
    public void A_damaged_archive()
    {
        byte[] bytes = Small(deflated: false);
        Damage("zip", bytes, [0..bytes.Length], Tensors);
    }

    [Fact]
    public void A_damaged_archive_that_is_packed()
    {
        byte[] bytes = Small(deflated: true);
        Damage("deflated zip", bytes, [0..bytes.Length], Tensors);
    }

    [Fact]
    public void A_damaged_TorchScript_archive()
    {
        byte[] bytes = File.ReadAllBytes(Goldens.Path("checkpoints", "openai_vit_tiny.pt"));
        int directory = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        Damage("TorchScript", bytes, [0..8000, directory..bytes.Length], Tensors);
    }

    [Fact]
    public void A_damaged_legacy_file()
    {
        byte[] bytes = File.ReadAllBytes(Goldens.Path("checkpoints", "openclip_vit_tiny.plain_legacy.pt"));
        // This format has no checksums: what is changed within its pickles may be another tensor.
        Damage("legacy", bytes, [0..12000], Tensors, isChecked: false);
    }

    private static Dictionary<string, byte[]> Tensors(string path)
    {
        using var file = PyTorchCheckpoint.Open(path);
        return file.Names.ToDictionary(name => name, name => file.Tensor(name).ReadBytes());
    }

    private byte[] Small(bool deflated)
    {
        var random = new Random(5);
        PickleWriter pickle = new PickleWriter().Raw('}', '(');
        (string, byte[])[] storages = Enumerable.Range(0, 6).Select(i => ($"{i}", new byte[400])).ToArray();
        foreach ((string? key, byte[]? bytes) in storages)
        {
            random.NextBytes(bytes.AsSpan(0, 300));
            pickle.Text($"tensor{key}").Tensor("FloatStorage", key, 100, 0, [10, 10], [1, 10]);
        }
        return File.ReadAllBytes(TestArchive.Write(_folder["small.pt"], pickle.Raw('u').Done(), deflated, storages));
    }

    private void Damage(string kind, byte[] bytes, Range[] places, Func<string, Dictionary<string, byte[]>> read, bool isChecked = true)
    {
        string path = _folder[$"{kind}.x"];
        File.WriteAllBytes(path, bytes);
        Dictionary<string, byte[]> whole = read(path);
        (int refused, int equal, int other, long most) = (0, 0, 0, 0L);
        for (int seed = 0; seed < Times; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = Damaged(bytes, places, random);
            File.WriteAllBytes(path, damaged);
            TimeSpan start = ProcessorTime.Spent;
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Dictionary<string, byte[]> tensors = read(path);
                bool same = tensors.All(tensor =>
                    whole.TryGetValue(tensor.Key, out byte[]? expected)
                        ? expected.AsSpan().SequenceEqual(tensor.Value)
                        : !isChecked || kind == "safetensors"
                );
                Assert.True(same || !isChecked, $"{kind}, seed {seed}: other tensors");
                _ = same ? equal++ : other++;
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                refused++;
            }
            TimeSpan spent = ProcessorTime.Spent - start;
            Assert.True(spent < Patience, $"{kind}, seed {seed}: {spent}");
            long memory = GC.GetAllocatedBytesForCurrentThread() - before;
            most = Math.Max(most, memory);
            Assert.True(
                memory < (2 * bytes.Length) + LittleMemory,
                $"{kind}, seed {seed}: {memory} bytes of memory for a file of {bytes.Length}"
            );
        }
        output.WriteLine(
            $"{kind}: {Times} files, {refused} refused, {equal} with equal tensors, {other} with others; at most {most} bytes "
                + $"of memory for {bytes.Length}"
        );
        Assert.True(refused > Times / 3);
    }

    private static byte[] Damaged(byte[] bytes, Range[] places, Random random)
    {
        (int start, int length) = places[random.Next(places.Length)].GetOffsetAndLength(bytes.Length);
        if (random.Next(3) == 0)
            return bytes[..random.Next(bytes.Length)];
        byte[] damaged = bytes.ToArray();
        if (random.Next(2) == 0)
        {
            for (int i = random.Next(1, 8); i > 0; i--)
                damaged[start + random.Next(length)] ^= (byte)(1 << random.Next(8));
            return damaged;
        }
        // A length or an offset beyond all measure, or just beyond.
        long[] bombs = [-1, int.MaxValue, uint.MaxValue, long.MaxValue, 1L << 40, bytes.Length + 1L, 0];
        int at = start + random.Next(Math.Max(1, length - 8));
        Span<byte> bomb = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bomb, bombs[random.Next(bombs.Length)]);
        bomb[..Math.Min(random.Next(2) == 0 ? 4 : 8, bytes.Length - at)].CopyTo(damaged.AsSpan(at));
        return damaged;
    }
}
