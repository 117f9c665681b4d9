using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>
/// Scores of a run on disk, a line of JSON an item, behind a line that tells which run they belong to; every line says it, too, so that
/// what another run wrote between is seen and not taken. A run that is killed in the middle of a line loses that line.
/// </summary>
/// <remarks>
/// Scores are float32, of a row the first bytes first, then the second ones, and so on, in Brotli and Base64: scores of one picture begin
/// alike, so that one takes about 4.2 characters. Of retrieval, where every caption meets every picture, those are kept whose caption's own
/// picture is not known yet, and of the others what is above or beside that one: bits, which take a few hundredths of a character.
/// </remarks>
internal sealed class ScoreLog : IDisposable
{
    // Of the digest, on every line.
    private const int Mark = 16,
        Quality = 4,
        Window = 18;

    // A plus sign of Base64 is one character, not six.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FileStream? _file;
    private readonly string _run;
    private readonly Action<int, JsonField> _take;

    /// <summary>Opens the log, and drops what a crash tore.</summary>
    /// <param name="path">The file; null keeps nothing.</param>
    /// <param name="identity">All that decides the scores. A file of another run is begun anew.</param>
    /// <param name="take">
    /// Is given each item that was scored before, in the order in which it was; throws an <see cref="InvalidDataException"/> where the line
    /// is not what it should be, and has then taken nothing of it.
    /// </param>
    public ScoreLog(string? path, string identity, Action<int, JsonField> take)
    {
        _run = Sha256Digest.Hex(Encoding.UTF8.GetBytes(identity));
        _take = take;
        if (path is null)
            return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new IOException($"{path}: cannot be written; does another run go on there? ({e.Message})", e);
        }

        long end = Read(path);
        _file.SetLength(end);
        _file.Position = end;
        if (end == 0)
            Append(new JsonObject { ["run"] = _run });
    }

    /// <summary>How many lines were not taken: another run wrote them, or they are damaged.</summary>
    public int Foreign { get; private set; }

    /// <summary>Items that were scored or skipped before.</summary>
    public HashSet<int> Known { get; } = [];

    /// <summary>Why items were skipped, before and now.</summary>
    public Dictionary<int, string> Reasons { get; } = [];

    /// <summary>Keeps an item's scores, [scorers][options].</summary>
    public void Add(int item, float[][] scores) =>
        Append(
            new JsonObject
            {
                ["run"] = _run[..Mark],
                ["item"] = item,
                ["scores"] = new JsonArray([.. scores.Select(row => Base64(Pack(row)))]),
            }
        );

    /// <summary>Keeps what an item says of ranks, by scorer.</summary>
    public void Add(int item, RankedRow[] rows) =>
        Append(
            new JsonObject
            {
                ["run"] = _run[..Mark],
                ["item"] = item,
                ["ranks"] = new JsonArray([
                    .. rows.Select(row => new JsonArray(
                        Base64(Pack(row.Waiting)),
                        Base64(Pack(row.Higher)),
                        Base64(Pack(row.Equal)),
                        Base64(MemoryMarshal.AsBytes(row.Top.AsSpan()))
                    )),
                ]),
            }
        );

    /// <summary>The scores of a line, by scorer.</summary>
    /// <param name="entry">The line.</param>
    /// <param name="scorers">How many there are.</param>
    /// <param name="count">Scores of each.</param>
    /// <exception cref="InvalidDataException">It holds others.</exception>
    public static float[][] Scores(JsonField entry, int scorers, int count)
    {
        IReadOnlyList<JsonField> rows = entry.Field("scores").List();
        return rows.Count == scorers
            ? [.. rows.Select(row => Scores(row, count))]
            : throw entry.Wrong($"has scores of {rows.Count} scorers, not {scorers}");
    }

    /// <summary>What a line says of ranks, by scorer.</summary>
    /// <inheritdoc cref="Scores(JsonField, int, int)"/>
    /// <param name="entry">The line.</param>
    /// <param name="scorers">How many there are.</param>
    /// <param name="count">Captions.</param>
    public static RankedRow[] Ranks(JsonField entry, int scorers, int count)
    {
        IReadOnlyList<JsonField> rows = entry.Field("ranks").List();
        return rows.Count == scorers
            ? [.. rows.Select(row => Row(row, count))]
            : throw entry.Wrong($"has ranks of {rows.Count} scorers, not {scorers}");
    }

    /// <summary>Keeps that an item was skipped.</summary>
    public void Skip(int item, string reason)
    {
        Reasons[item] = reason;
        Append(
            new JsonObject
            {
                ["run"] = _run[..Mark],
                ["item"] = item,
                ["skipped"] = reason,
            }
        );
    }

    /// <summary>Hands what was added to the operating system: from then on only a power cut can lose it.</summary>
    public void Flush() => _file?.Flush();

    public void Dispose() => _file?.Dispose();

    private void Append(JsonObject line)
    {
        if (_file is null)
            return;
        _file.Write(Encoding.UTF8.GetBytes(line.ToJsonString(Plain)));
        _file.WriteByte((byte)'\n');
    }

    /// <summary>Takes what is of this run, and returns where the whole lines end; 0 where the file is of another run.</summary>
    private long Read(string path)
    {
        long end = 0;
        foreach (TextLine line in TextLine.ReadAll(_file!).TakeWhile(line => line.Ended))
        {
            try
            {
                JsonField entry = JsonLines.Parse(line.Bytes.Span, path, line.Number);
                if (end > 0)
                    Take(entry);
                else if (entry.Field("run").String() != _run)
                    return 0;
            }
            catch (InvalidDataException)
            {
                if (end == 0)
                    return 0;
                Foreign++;
            }

            end = line.Next;
        }

        return end;
    }

    private void Take(JsonField entry)
    {
        int item = entry.Field("item").Whole(0);
        if (entry.Field("run").String() != _run[..Mark] || Known.Contains(item))
            throw entry.Wrong("is not of this run");
        if (entry.Optional("skipped") is { } reason)
            Reasons[item] = reason.String();
        else
            _take(item, entry);
        Known.Add(item);
    }

    private static JsonValue Base64(ReadOnlySpan<byte> bytes) => JsonValue.Create(Convert.ToBase64String(bytes));

    private static byte[] Bytes(JsonField field) =>
        field.Kind == JsonValueKind.String
        && field.String() is var text
        && new byte[text.Length] is var bytes
        && Convert.TryFromBase64String(text, bytes, out int length)
            ? bytes[..length]
            : throw field.Expected("Base64");

    private static float[] Scores(JsonField row, int count) =>
        Floats(row, count) is var scores && scores.Length == count ? scores : throw row.Expected($"{count} scores in Base64");

    private static RankedRow Row(JsonField row, int count)
    {
        IReadOnlyList<JsonField> parts = row.List();
        if (parts.Count != 4)
            throw row.Expected("a list of four");
        byte[] top = Bytes(parts[3]);
        RankStep[] steps = MemoryMarshal.Cast<byte, RankStep>(top).ToArray();
        return
            MemoryMarshal.AsBytes(steps.AsSpan()).Length == top.Length
            && Array.TrueForAll(steps, step => float.IsFinite(step.Score) && step.Count > 0)
            ? new RankedRow(Floats(parts[0], count), Unpack(parts[1], (count + 7) / 8), Unpack(parts[2], (count + 7) / 8), steps)
            : throw parts[3].Expected("scores, and how many have each");
    }

    private static ReadOnlySpan<byte> Pack(ReadOnlySpan<float> scores)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(scores);
        byte[] planes = new byte[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
            planes[((3 - (i % sizeof(float))) * scores.Length) + (i / sizeof(float))] = bytes[i];
        return Pack(planes);
    }

    private static ReadOnlySpan<byte> Pack(ReadOnlySpan<byte> bytes)
    {
        byte[] packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, packed, out int length, Quality, Window)
            ? packed.AsSpan(0, length)
            : throw new InvalidOperationException($"{bytes.Length} bytes could not be packed.");
    }

    private static byte[] Unpack(JsonField field, int most)
    {
        byte[] unpacked = new byte[most];
        return BrotliDecoder.TryDecompress(Bytes(field), unpacked, out int length)
            ? unpacked[..length]
            : throw field.Expected($"at most {most} bytes, packed");
    }

    private static float[] Floats(JsonField field, int most)
    {
        byte[] planes = Unpack(field, sizeof(float) * most);
        float[] scores = new float[planes.Length / sizeof(float)];
        Span<byte> bytes = MemoryMarshal.AsBytes(scores.AsSpan());
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = planes[((3 - (i % sizeof(float))) * scores.Length) + (i / sizeof(float))];
        return bytes.Length == planes.Length && scores.All(float.IsFinite) ? scores : throw field.Expected("finite scores");
    }
}
