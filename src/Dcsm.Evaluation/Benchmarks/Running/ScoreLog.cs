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
/// alike, so that one takes about 4.2 characters.
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
    private readonly Func<int, int> _options;
    private readonly int _scorers;

    /// <summary>Opens the log, and drops what a crash tore.</summary>
    /// <param name="path">The file; null keeps nothing.</param>
    /// <param name="identity">All that decides the scores. A file of another run is begun anew.</param>
    /// <param name="scorers">How many there are.</param>
    /// <param name="options">How many scores each gives to an item; -1 where there is no such item.</param>
    public ScoreLog(string? path, string identity, int scorers, Func<int, int> options)
    {
        _run = Sha256Digest.Hex(Encoding.UTF8.GetBytes(identity));
        (_scorers, _options) = (scorers, options);
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

    /// <summary>What was scored before: of an item by its number, the scores of each scorer; null for an item that was skipped.</summary>
    public Dictionary<int, float[][]?> Known { get; } = [];

    /// <summary>Why items were skipped before.</summary>
    public Dictionary<int, string> Reasons { get; } = [];

    /// <summary>Keeps an item's scores, [scorers][options].</summary>
    public void Add(int item, float[][] scores) =>
        Append(
            new JsonObject
            {
                ["run"] = _run[..Mark],
                ["item"] = item,
                ["scores"] = new JsonArray([.. scores.Select(row => JsonValue.Create(Convert.ToBase64String(Pack(row))))]),
            }
        );

    /// <summary>Keeps that an item was skipped.</summary>
    public void Skip(int item, string reason) =>
        Append(
            new JsonObject
            {
                ["run"] = _run[..Mark],
                ["item"] = item,
                ["skipped"] = reason,
            }
        );

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
        JsonField number = entry.Field("item");
        (int item, int count) = (number.Whole(0), _options(number.Whole(0)));
        if (entry.Field("run").String() != _run[..Mark] || count < 0)
            throw entry.Wrong("is not of this run");
        if (entry.Optional("skipped") is { } reason)
        {
            Reasons[item] = reason.String();
            Known[item] = null;
            return;
        }

        IReadOnlyList<JsonField> rows = entry.Field("scores").List();
        float[][] scores = [.. rows.Select(row => Scores(row, count))];
        Known[item] = scores.Length == _scorers ? scores : throw entry.Wrong($"has scores of {scores.Length} scorers, not {_scorers}");
    }

    private static float[] Scores(JsonField row, int count) =>
        row.Kind == JsonValueKind.String
        && row.String() is var text
        && new byte[text.Length] is var packed
        && Convert.TryFromBase64String(text, packed, out int length)
        && TryUnpack(packed.AsSpan(0, length), count, out float[] scores)
        && scores.All(float.IsFinite)
            ? scores
            : throw row.Expected($"{count} scores in Base64");

    private static ReadOnlySpan<byte> Pack(float[] scores)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(scores.AsSpan());
        byte[] planes = new byte[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
            planes[((3 - (i % sizeof(float))) * scores.Length) + (i / sizeof(float))] = bytes[i];
        byte[] packed = new byte[BrotliEncoder.GetMaxCompressedLength(planes.Length)];
        return BrotliEncoder.TryCompress(planes, packed, out int length, Quality, Window)
            ? packed.AsSpan(0, length)
            : throw new InvalidOperationException($"{scores.Length} scores could not be packed.");
    }

    private static bool TryUnpack(ReadOnlySpan<byte> packed, int count, out float[] scores)
    {
        scores = new float[count];
        byte[] planes = new byte[sizeof(float) * count];
        if (!BrotliDecoder.TryDecompress(packed, planes, out int found) || found != planes.Length)
            return false;
        Span<byte> bytes = MemoryMarshal.AsBytes(scores.AsSpan());
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = planes[((3 - (i % sizeof(float))) * count) + (i / sizeof(float))];
        return true;
    }
}
