using System.Text;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;
using FsCheck.Xunit;

namespace Dcsm.IO.Tests.Safetensors;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        string path = _folder["a.safetensors"];
        SafetensorsWriter.Write(
            path,
            new Dictionary<string, (int[], float[])>
            {
                ["zeta"] = ([2, 3], [1, 2, 3, 4, 5, float.NaN]),
                ["alpha"] = ([], [-0.5f]),
                ["empty"] = ([0, 4], []),
            },
            new Dictionary<string, string> { ["format"] = "pt" }
        );
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["alpha", "empty", "zeta"], file.Names);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal([2, 3], file.Get("zeta").Shape);
        Assert.Equal(TensorType.F32, file.Get("zeta").Type);
        Assert.Equal([1, 2, 3, 4, 5, float.NaN], file.ReadFloat32("zeta"));
        Assert.Equal([-0.5f], file.ReadFloat32("alpha"));
        Assert.Empty(file.ReadFloat32("empty"));
        Assert.Throws<InvalidDataException>(() => file.ReadFloat32("beta"));
    }

    [Fact]
    public void Writing_twice_gives_the_same_bytes_and_leaves_nothing_beside()
    {
        var tensors = new Dictionary<string, (int[], float[])> { ["b"] = ([2], [1, 2]), ["a"] = ([1], [3]) };
        SafetensorsWriter.Write(_folder["1"], tensors);
        SafetensorsWriter.Write(_folder["2"], tensors.Reverse().ToDictionary());
        SafetensorsWriter.Write(_folder["2"], tensors.Reverse().ToDictionary());
        Assert.Equal(File.ReadAllBytes(_folder["1"]), File.ReadAllBytes(_folder["2"]));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        SafetensorsWriter.Write(_folder["x"], new Dictionary<string, (int[], float[])> { ["a"] = ([1], [1]) });
        Assert.Throws<ArgumentException>(() =>
            SafetensorsWriter.Write(_folder["x"], new Dictionary<string, (int[], float[])> { ["a"] = ([1], [1e6f]) }, type: TensorType.F16)
        );
        using var file = SafetensorsFile.Open(_folder["x"]);
        Assert.Equal([1f], file.ReadFloat32("a"));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Property]
    public void Half_types_round_to_nearest(float value)
    {
        foreach (TensorType type in (TensorType[])[TensorType.F16, TensorType.BF16])
        {
            if (type == TensorType.F16 && Math.Abs(value) > 65504 && float.IsFinite(value))
                continue;
            SafetensorsWriter.Write(_folder["h"], new Dictionary<string, (int[], float[])> { ["a"] = ([1], [value]) }, type: type);
            using var file = SafetensorsFile.Open(_folder["h"]);
            float read = file.ReadFloat32("a")[0];
            if (type == TensorType.F16)
                Assert.Equal((float)(Half)value, read);
            else if (float.IsFinite(value) && float.IsFinite(read))
                Assert.True(Math.Abs(read - value) <= Math.Abs(value) / 256 + float.Epsilon);
            else
                Assert.Equal(float.IsNaN(value), float.IsNaN(read));
        }
    }

    [Theory]
    [InlineData("I64", new byte[] { 254, 255, 255, 255, 255, 255, 255, 255 }, -2f)]
    [InlineData("U8", new byte[] { 200 }, 200f)]
    [InlineData("I8", new byte[] { 200 }, -56f)]
    [InlineData("I16", new byte[] { 0, 128 }, -32768f)]
    [InlineData("U16", new byte[] { 0, 128 }, 32768f)]
    [InlineData("I32", new byte[] { 1, 0, 0, 0 }, 1f)]
    [InlineData("U32", new byte[] { 0, 0, 0, 128 }, 2147483648f)]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xE0, 0x3F }, 0.5f)]
    [InlineData("BF16", new byte[] { 0x80, 0xBF }, -1f)]
    [InlineData("F16", new byte[] { 0, 0x3C }, 1f)]
    [InlineData("BOOL", new byte[] { 1 }, 1f)]
    public void Every_type_reads_as_float32(string type, byte[] bytes, float expected)
    {
        Write($$"""{"a":{"dtype":"{{type}}","shape":[1],"data_offsets":[0,{{bytes.Length}}] } }""", bytes);
        using var file = SafetensorsFile.Open(_folder["f"]);
        Assert.Equal([expected], file.ReadFloat32("a"));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "takes 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8, "takes 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "the file has")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "begin at byte")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        4,
        "overlap"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
        12,
        "gaps"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "occurs twice"
    )]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype occurs twice")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'F33'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}}""", 0, "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296],"data_offsets":[0,0]}}""", 0, "too large")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}""", 1, "whole numbers")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "lacks dtype")]
    [InlineData("""{"a":[]}""", 0, "must be an object")]
    [InlineData("""[]""", 0, "must be an object")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "must be a string")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[1],"data_offsets":[0,4]}}""", 4, "not valid JSON")]
    [InlineData("""{} {}""", 0, "not valid JSON")]
    [InlineData("""{"a":""", 0, "not valid JSON")]
    [InlineData("", 0, "not valid JSON")]
    public void Hostile_headers_are_refused(string header, int dataLength, string message)
    {
        Write(header, new byte[dataLength]);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder["f"]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["f"], error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 100, 0, 0, 0, 0, 0, 0, 0, 123, 125 })]
    [InlineData(new byte[] { 4, 0, 0, 0, 0, 0, 0, 0, 123, 34, 0xFF, 34 })]
    public void Files_that_are_none_are_refused(byte[] content)
    {
        File.WriteAllBytes(_folder["f"], content);
        Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder["f"]));
        File.Delete(_folder["f"]);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(_folder["nothing"]));
        Assert.Contains("nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_copies_load_what_is_left_or_say_why_not()
    {
        byte[] original = File.ReadAllBytes(Goldens.Path("clip-tiny", "a-quickgelu", "model.safetensors"));
        int headerLength = 8 + (int)BitConverter.ToUInt64(original);
        var random = new Random(20);
        for (int round = 0; round < 300; round++)
        {
            byte[] copy = round % 3 == 0 ? original[..random.Next(original.Length)] : [.. original];
            for (int flips = round % 3 == 0 ? 0 : random.Next(1, 4); flips > 0; flips--)
                copy[random.Next(headerLength)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_folder["f"], copy);
            try
            {
                using var file = SafetensorsFile.Open(_folder["f"]);
                foreach (string? name in file.Names.Where(name => file.Get(name).Type is not (TensorType.F8E4M3 or TensorType.F8E5M2)))
                    file.ReadFloat32(name);
            }
            catch (InvalidDataException e)
            {
                Assert.Contains(_folder["f"], e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_closed_file_says_so()
    {
        Write("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", [1]);
        var file = SafetensorsFile.Open(_folder["f"]);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.ReadFloat32("a"));
    }

    private void Write(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(_folder["f"], [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data]);
    }
}
