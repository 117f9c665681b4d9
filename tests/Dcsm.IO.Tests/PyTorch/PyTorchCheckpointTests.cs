using System.Runtime.InteropServices;
using System.Text.Json;
using Dcsm.IO.PyTorch;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.Tests.PyTorch;

public sealed class PyTorchCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Mapped memory is not freed while somebody reads it; before, that ended the process.</summary>
    [Fact]
    public async Task A_checkpoint_that_is_closed_while_it_is_read_ends_when_the_reading_has()
    {
        const int Rows = 4096,
            Columns = 512;
        string path = TestArchive.Write(
            _folder["large.pt"],
            new PickleWriter()
                .Raw('}')
                .Text("t")
                .Tensor("FloatStorage", "0", Rows * Columns, 0, [Rows, Columns], [1, Rows])
                .Raw('s')
                .Done(),
            deflated: false,
            ("0", new byte[Rows * Columns * sizeof(float)])
        );
        for (int round = 0; round < 4; round++)
        {
            var file = PyTorchCheckpoint.Open(path);
            PyTorchTensor tensor = file.Tensor("t");
            int read = 0;
            Task[] users =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(_ =>
                        Task.Run(() =>
                        {
                            while (true)
                            {
                                tensor.ReadFloat32();
                                Interlocked.Increment(ref read);
                            }
                        })
                    ),
            ];
            SpinWait.SpinUntil(() => Volatile.Read(ref read) > 4 || users.Any(user => user.IsCompleted));
            file.Dispose();
            foreach (Task user in users)
                await Assert.ThrowsAsync<ObjectDisposedException>(() => user);
            Assert.Throws<ObjectDisposedException>(() => tensor.ReadBytes());
            Assert.Throws<ObjectDisposedException>(() => file.ReadFloat32("t"));
        }
    }

    [Theory]
    [InlineData("openai_vit_tiny")]
    [InlineData("openai_rn_tiny")]
    public void A_TorchScript_archive_has_the_tensors_of_its_modules_in_their_types(string name)
    {
        using var file = PyTorchCheckpoint.Open(Goldens.Path("checkpoints", $"{name}.pt"));
        JsonElement expected = JsonDocument.Parse(File.ReadAllBytes(Goldens.Path("checkpoints", $"{name}.tensors.json"))).RootElement;
        Assert.Equal(PyTorchFormat.TorchScript, file.Format);
        Assert.Equal(expected.EnumerateObject().Select(tensor => tensor.Name).Order(StringComparer.Ordinal), file.Names);
        foreach (JsonProperty tensor in expected.EnumerateObject())
        {
            Assert.Equal(
                tensor.Value.GetProperty("dtype").GetString(),
                file.Get(tensor.Name).Type switch
                {
                    TensorType.F16 => "float16",
                    TensorType.I64 => "int64",
                    _ => "float32",
                }
            );
        }
    }

    [Theory]
    [InlineData("ckpt_zip.pt", PyTorchFormat.Zip)]
    [InlineData("ckpt_cuda_zip.pt", PyTorchFormat.Zip)]
    [InlineData("ckpt_legacy.pt", PyTorchFormat.Legacy)]
    public void The_authors_checkpoint_has_its_plain_values_in_every_format(string name, PyTorchFormat format)
    {
        using var file = PyTorchCheckpoint.Open(Goldens.Path("official-dcsm", "checkpoints", name));
        Assert.Equal(format, file.Format);
        JsonElement values = JsonDocument
            .Parse(File.ReadAllBytes(Goldens.Path("official-dcsm", "checkpoints", "ckpt.expected.json")))
            .RootElement;
        PyTorchObject root = Assert.IsType<PyTorchObject>(file.Root);
        Assert.Equal(values.GetProperty("keys").EnumerateArray().Select(key => key.GetString()!), root.Keys);
        Assert.Equal(26L, root["epoch"]);
        Assert.Equal(
            values.GetProperty("train_loss").EnumerateArray().Select(loss => (object)loss.GetDouble()),
            Assert.IsAssignableFrom<IReadOnlyList<object?>>(root["train_loss"])
        );
        Assert.Null(root["learned_lookup"]);
        Assert.Equal(
            values.GetProperty("clip_text_tokenizer_class").GetString(),
            Assert.IsType<PyTorchObject>(root["clip_text_tokenizer"]).ClassName
        );
    }

    [Theory]
    [InlineData("hostile_embedding_os_system_zip.pt", "posix.system", "byte 1262 of data.pkl")]
    [InlineData("hostile_epoch_eval_legacy.pt", "__builtin__.eval", "byte 155")]
    [InlineData("hostile_state_dict_eval_zip.pt", "__builtin__.eval", "byte 313 of data.pkl")]
    [InlineData("hostile_tokenizer_os_system_zip.pt", "posix.system", "byte 1063 of data.pkl")]
    public void A_hostile_checkpoint_is_refused_by_name_and_place_and_not_run(string name, string named, string place)
    {
        string path = Goldens.Path("official-dcsm", "checkpoints", name);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{named}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        foreach (string folder in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory, Path.GetDirectoryName(path)!])
            Assert.False(File.Exists(Path.Combine(folder, "PWNED")));
    }

    [Fact]
    public void The_place_named_is_the_byte_in_the_file()
    {
        string path = Goldens.Path("official-dcsm", "checkpoints", "hostile_state_dict_eval_zip.pt");
        string message = Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(path)).Message;
        int at = int.Parse(
            System.Text.RegularExpressions.Regex.Match(message, "byte ([0-9]+) of the file").Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.Equal("c__builtin__\neval"u8, File.ReadAllBytes(path).AsSpan(at, 17));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Views_of_one_storage_are_read_with_their_strides_and_offsets(bool deflated)
    {
        byte[] storage = MemoryMarshal.AsBytes<float>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).ToArray();
        byte[] pickle = new PickleWriter()
            .Raw('}', '(')
            .Text("whole")
            .Tensor("FloatStorage", "0", 12, 0, [3, 4], [4, 1])
            .Text("transposed")
            .Tensor("FloatStorage", "0", 12, 0, [4, 3], [1, 4])
            .Text("column")
            .Tensor("FloatStorage", "0", 12, 2, [3], [4])
            .Text("row")
            .Tensor("FloatStorage", "0", 12, 8, [1, 4], [99, 1])
            .Text("repeated")
            .Tensor("FloatStorage", "0", 12, 5, [2, 3], [0, 0])
            .Text("one")
            .Tensor("FloatStorage", "0", 12, 11, [], [])
            .Text("none")
            .Tensor("FloatStorage", "0", 12, 12, [0, 7], [7, 1])
            .Raw('u')
            .Done();
        using var file = PyTorchCheckpoint.Open(Archive(pickle, deflated, ("0", storage)));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], file.ReadFloat32("whole"));
        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], file.ReadFloat32("transposed"));
        Assert.Equal([2, 6, 10], file.ReadFloat32("column"));
        Assert.Equal([8, 9, 10, 11], file.ReadFloat32("row"));
        Assert.Equal([5, 5, 5, 5, 5, 5], file.ReadFloat32("repeated"));
        Assert.Equal([11], file.ReadFloat32("one"));
        Assert.Empty(file.ReadFloat32("none"));
        Assert.Equal(deflated, file.Get("column").Offset < 0);
    }

    [Fact]
    public void Every_element_type_becomes_float32()
    {
        (string Storage, byte[] Bytes)[] storages =
        [
            ("HalfStorage", MemoryMarshal.AsBytes<Half>([(Half)1.5f, (Half)(-2f)]).ToArray()),
            ("BFloat16Storage", [0xC0, 0x3F, 0x00, 0xC0]),
            ("DoubleStorage", MemoryMarshal.AsBytes<double>([1.5, -2]).ToArray()),
            ("LongStorage", MemoryMarshal.AsBytes<long>([7, -2]).ToArray()),
            ("IntStorage", MemoryMarshal.AsBytes<int>([7, -2]).ToArray()),
            ("ShortStorage", MemoryMarshal.AsBytes<short>([7, -2]).ToArray()),
            ("CharStorage", [7, 0xFE]),
            ("ByteStorage", [7, 2]),
            ("BoolStorage", [1, 0]),
        ];
        PickleWriter pickle = new PickleWriter().Raw('}', '(');
        for (int i = 0; i < storages.Length; i++)
            pickle.Text(storages[i].Storage).Tensor(storages[i].Storage, $"{i}", 2, 0, [2], [1]);
        using var file = PyTorchCheckpoint.Open(
            Archive(pickle.Raw('u').Done(), false, [.. storages.Select((storage, i) => ($"{i}", storage.Bytes))])
        );
        foreach (string name in (string[])["HalfStorage", "BFloat16Storage", "DoubleStorage"])
            Assert.Equal([1.5f, -2f], file.ReadFloat32(name));
        foreach (string name in (string[])["LongStorage", "IntStorage", "ShortStorage", "CharStorage"])
            Assert.Equal([7f, -2f], file.ReadFloat32(name));
        Assert.Equal([7f, 2f], file.ReadFloat32("ByteStorage"));
        Assert.Equal([1f, 0f], file.ReadFloat32("BoolStorage"));
    }

    [Fact]
    public void Pickles_of_protocol_4_are_read()
    {
        // {"a": [1, (2, 3)], "b": {"c": 2.0}} as CPython writes it.
        byte[] pickle =
        [
            0x80,
            4,
            0x95,
            38,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)'}',
            0x94,
            (byte)'(',
            0x8c,
            1,
            (byte)'a',
            0x94,
            (byte)']',
            0x94,
            (byte)'(',
            (byte)'K',
            1,
            (byte)'K',
            2,
            (byte)'K',
            3,
            0x86,
            0x94,
            (byte)'e',
            0x8c,
            1,
            (byte)'b',
            0x94,
            (byte)'}',
            0x94,
            0x8c,
            1,
            (byte)'c',
            0x94,
            (byte)'G',
            0x40,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)'s',
            (byte)'u',
            (byte)'.',
        ];
        using var file = PyTorchCheckpoint.Open(Archive(pickle, false));
        PyTorchObject root = Assert.IsType<PyTorchObject>(file.Root);
        Assert.Equal([1L, new object?[] { 2L, 3L }], Assert.IsAssignableFrom<IReadOnlyList<object?>>(root["a"]));
        Assert.Equal(2.0, Assert.IsType<PyTorchObject>(root["b"])["c"]);
        Assert.Empty(file.Names);
    }

    [Fact]
    public void What_holds_itself_or_the_same_thing_very_often_ends()
    {
        // l = [l]; d = {"l": l, "t": tensor}
        byte[] pickle = new PickleWriter()
            .Raw('}', '(')
            .Text("l")
            .Raw(']', 'q', 0, 'h', 0, 'a')
            .Text("t")
            .Tensor("ByteStorage", "0", 1, 0, [1], [1])
            .Raw('u')
            .Done();
        using (var file = PyTorchCheckpoint.Open(Archive(pickle, false, ("0", [1]))))
            Assert.Equal(["t"], file.Names);

        // 40 lists, each twice in the next: 2⁴⁰ ways to one tensor.
        PickleWriter laughs = new PickleWriter().Raw(']').Tensor("ByteStorage", "0", 1, 0, [1], [1]).Raw('a', 'q', 0);
        for (int i = 0; i < 40; i++)
            laughs.Raw('0', ']', 'h', i, 'a', 'h', i, 'a', 'q', i + 1);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            PyTorchCheckpoint.Open(Archive(laughs.Done(), false, ("0", [1])))
        );
        Assert.Contains("this is no checkpoint", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12, 1, new[] { 3, 4 }, new[] { 4, 1 }, "goes beyond its storage '0' of 12 elements")]
    [InlineData(12, 0, new[] { 3, 4 }, new[] { -4, 1 }, "can't be")]
    [InlineData(12, 0, new[] { 2000000000, 2000000000, 2000000000 }, new[] { 0, 0, 0 }, "can't be")]
    [InlineData(12, 0, new[] { 2000000000 }, new[] { 0 }, "more often than can be believed")]
    [InlineData(12, 0, new[] { 3, 4 }, new[] { 4 }, "2 sizes, but 1 strides")]
    [InlineData(12, -1, new[] { 3 }, new[] { 1 }, "goes beyond")]
    [InlineData(13, 0, new[] { 3 }, new[] { 1 }, "is said to have 13 elements of F32, but its record has 48 bytes")]
    [InlineData(2000000000, 0, new[] { 3 }, new[] { 1 }, "is said to have 2000000000 elements")]
    public void A_tensor_that_does_not_fit_its_storage_is_refused(int count, int offset, int[] shape, int[] strides, string message)
    {
        string path = Archive(
            new PickleWriter().Raw('}').Text("t").Tensor("FloatStorage", "0", count, offset, shape, strides).Raw('s').Done(),
            false,
            ("0", new byte[48])
        );
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("of data.pkl", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("builtins", "getattr")]
    [InlineData("os", "system")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch._utils", "_rebuild_qtensor")]
    [InlineData("collections", "OrderedDict.__class__")]
    [InlineData("__torch__evil", "x")]
    public void What_is_not_on_the_list_is_refused_however_it_is_named(string module, string name)
    {
        byte[][] pickles = [new PickleWriter().Class(module, name).Done(), new PickleWriter(4).Text(module).Text(name).Raw(0x93).Done()];
        foreach (byte[] pickle in pickles)
        {
            Assert.Contains(
                $"'{module}.{name}'",
                Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(Archive(pickle, false))).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData('i', "0x69 is not an operation")] // INST
    [InlineData(0x82, "0x82 is not an operation")] // EXT1
    [InlineData('P', "0x50 is not an operation")] // PERSID
    [InlineData(0x97, "0x97 is not an operation")] // NEXT_BUFFER
    [InlineData('t', "a mark is missing")]
    [InlineData('R', "values are missing")]
    [InlineData('b', "values are missing")]
    public void Operations_that_do_not_belong_there_are_refused(int code, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(Archive(new PickleWriter().Raw(code).Done(), false))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_class_on_the_list_that_is_called_wrongly_is_refused()
    {
        // A tensor of a text; an object of a tensor's function; attributes for a number.
        byte[][] pickles =
        [
            new PickleWriter()
                .Class("torch._utils", "_rebuild_tensor_v2")
                .Raw('(')
                .Text("x")
                .Integer(0)
                .Tuple(1)
                .Tuple(1)
                .Raw('t', 'R')
                .Done(),
            new PickleWriter().Class("torch._utils", "_rebuild_tensor_v2").Raw(')', 0x81).Done(),
            new PickleWriter().Integer(3).Raw('}', 'b').Done(),
            new PickleWriter().Integer(3).Raw(')', 'R').Done(),
            new PickleWriter().Class("torch", "FloatStorage").Raw(')', 'R').Done(),
        ];
        foreach (byte[] pickle in pickles)
        {
            Assert.Contains(
                "of data.pkl",
                Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(Archive(pickle, false))).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void A_zip64_archive_is_read_and_its_absurd_sizes_are_refused()
    {
        byte[] pickle = new PickleWriter().Raw('}').Text("t").Tensor("ByteStorage", "0", 3, 0, [3], [1]).Raw('s').Done();
        byte[] bytes = TestArchive.Zip64(("archive/data.pkl", pickle), ("archive/data/0", [7, 8, 9]));
        File.WriteAllBytes(_folder["64.pt"], bytes);
        using (var file = PyTorchCheckpoint.Open(_folder["64.pt"]))
            Assert.Equal([7, 8, 9], file.ReadFloat32("t"));
        // Each of the 64-bit numbers, one at a time, as large as can be.
        int directory = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        for (int at = directory; at < bytes.Length - 22 - 8; at++)
        {
            byte[] damaged = bytes.ToArray();
            BitConverter.TryWriteBytes(damaged.AsSpan(at), long.MaxValue);
            File.WriteAllBytes(_folder["64.pt"], damaged);
            try
            {
                using var file = PyTorchCheckpoint.Open(_folder["64.pt"]);
                Assert.Equal([7, 8, 9], file.ReadFloat32("t"));
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith(_folder["64.pt"], e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("](", new int[] { ']' }, 'e')] // a list of lists
    [InlineData("](", new int[] { '}' }, 'e')] // a list of dictionaries
    [InlineData("](", new int[] { '(', 'N', 't', '0', 'N' }, 'e')] // tuples that are thrown away
    [InlineData("](", new int[] { 'K', 7 }, 'e')] // numbers
    [InlineData("", new int[] { '}', '0' }, 'N')] // dictionaries that are thrown away
    public void A_pickle_that_makes_more_than_its_length_is_worth_is_refused(string start, int[] repeated, char end)
    {
        const int Times = 1_000_000;
        PickleWriter pickle = new PickleWriter().Raw([.. start.Select(c => (int)c)]);
        for (int i = 0; i < Times; i++)
            pickle.Raw(repeated);
        string path = Archive(pickle.Raw(end).Done(), deflated: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var file = PyTorchCheckpoint.Open(path);
            Assert.Empty(file.Names);
        }
        catch (InvalidDataException e)
        {
            Assert.Contains("asks for more memory than its file", e.Message, StringComparison.Ordinal);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (64 << 20) + (4L * Times * repeated.Length) + (32 << 20));
    }

    [Fact]
    public void A_length_that_is_only_claimed_gets_no_memory()
    {
        // 3 bytes that are said to be 60 MB, in a record that is packed.
        string path = TestArchive.Write(
            _folder["claims.pt"],
            new PickleWriter().Raw('}').Text("t").Tensor("ByteStorage", "0", 60_000_000, 0, [3], [1]).Raw('s').Done(),
            true,
            ("0", new byte[70_000])
        );
        byte[] bytes = File.ReadAllBytes(path);
        int entry = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(entry + 24), 60_000_000);
        File.WriteAllBytes(path, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith(
            path,
            Assert
                .Throws<InvalidDataException>(() =>
                {
                    using var file = PyTorchCheckpoint.Open(path);
                    file.ReadFloat32("t");
                })
                .Message,
            StringComparison.Ordinal
        );
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_bomb_is_refused_before_it_is_unpacked()
    {
        const int Length = 1 << 27;
        byte[] pickle = new PickleWriter().Raw('}').Text("t").Tensor("ByteStorage", "0", Length, 0, [Length], [1]).Raw('s').Done();
        string path = TestArchive.Write(_folder["bomb.pt"], pickle, true, ("0", new byte[Length]));
        Assert.True(new FileInfo(path).Length < 1 << 22);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "more than can be believed",
            Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(path)).Message,
            StringComparison.Ordinal
        );
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 22);
    }

    [Fact]
    public void A_changed_weight_is_noticed_by_its_checksum()
    {
        string path = Archive(
            new PickleWriter().Raw('}').Text("t").Tensor("ByteStorage", "0", 64, 0, [64], [1]).Raw('s').Done(),
            false,
            ("0", [.. Enumerable.Range(100, 64).Select(value => (byte)value)])
        );
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf((byte[])[100, 101, 102, 103])] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var file = PyTorchCheckpoint.Open(path);
        Assert.Contains("checksum", Assert.Throws<InvalidDataException>(() => file.ReadFloat32("t")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("hello", "begins neither as a zip archive nor as a pickle")]
    [InlineData("\u0080\u0002K\u0001.", "magic number")]
    public void What_is_no_checkpoint_is_refused(string content, string message)
    {
        File.WriteAllBytes(_folder["x.pt"], System.Text.Encoding.Latin1.GetBytes(content));
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => PyTorchCheckpoint.Open(_folder["x.pt"])).Message,
            StringComparison.Ordinal
        );
    }

    private string Archive(byte[] pickle, bool deflated, params (string Key, byte[] Bytes)[] storages) =>
        TestArchive.Write(_folder[$"{Guid.NewGuid():N}.pt"], pickle, deflated, storages);
}
