using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>
/// Scores of a run on disk, a line of JSON an item, behind a line that tells which run they belong to. A run that is killed in
/// the middle of a line loses that line.
/// </summary>
internal sealed class ScoreLog : IDisposable
{
    private readonly FileStream? _file;

    /// <summary>Opens the log, and drops what a crash tore.</summary>
    /// <param name="path">The file; null keeps nothing.</param>
    /// <param name="identity">All that decides the scores. A file of another run is begun anew.</param>
    public ScoreLog(string? path, string identity)
    {
        if (path is null)
            return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        string run = Sha256Digest.Hex(Encoding.UTF8.GetBytes(identity));
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new IOException($"{path}: cannot be written; does another run go on there? ({e.Message})", e);
        }

        long end = Read(path, run);
        _file.SetLength(end);
        _file.Position = end;
        if (end == 0)
            Append(new JsonObject { ["run"] = run });
    }

    /// <summary>What was scored before: of an item by its number, the scores of each scorer; null for an item that was skipped.</summary>
    public Dictionary<int, float[][]?> Known { get; } = [];

    /// <summary>Why items were skipped before.</summary>
    public Dictionary<int, string> Reasons { get; } = [];

    /// <summary>Keeps an item's scores, [scorers][options].</summary>
    public void Add(int item, float[][] scores) =>
        Append(
            new JsonObject
            {
                ["item"] = item,
                ["scores"] = new JsonArray([
                    .. scores.Select(row => JsonValue.Create(Convert.ToBase64String(MemoryMarshal.AsBytes(row.AsSpan())))),
                ]),
            }
        );

    /// <summary>Keeps that an item was skipped.</summary>
    public void Skip(int item, string reason) => Append(new JsonObject { ["item"] = item, ["skipped"] = reason });

    /// <summary>Hands what was added to the operating system: from then on only a power cut can lose it.</summary>
    public void Flush() => _file?.Flush();

    public void Dispose() => _file?.Dispose();

    private void Append(JsonObject line)
    {
        if (_file is null)
            return;
        _file.Write(Encoding.UTF8.GetBytes(line.ToJsonString()));
        _file.WriteByte((byte)'\n');
    }

    /// <summary>Reads the whole lines, and returns where they end; 0 where the file is of another run.</summary>
    private long Read(string path, string run)
    {
        long end = 0;
        foreach (TextLine line in TextLine.ReadAll(_file!).TakeWhile(line => line.Ended))
        {
            try
            {
                JsonField entry = JsonLines.Parse(line.Bytes, path, line.Number);
                if (end > 0)
                    Take(entry);
                else if (entry.Field("run").String() != run)
                    return 0;
            }
            catch (InvalidDataException)
            {
                return end;
            }

            end = line.Next;
        }

        return end;
    }

    private void Take(JsonField entry)
    {
        int item = entry.Field("item").Whole(0);
        if (entry.Optional("skipped") is { } reason)
        {
            Known[item] = null;
            Reasons[item] = reason.String();
            return;
        }

        Known[item] =
        [
            .. entry
                .Field("scores")
                .List()
                .Select(row =>
                    row.Kind == JsonValueKind.String && row.Element.TryGetBytesFromBase64(out byte[]? bytes)
                        ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
                        : throw row.Expected("scores in Base64")
                ),
        ];
    }
}
