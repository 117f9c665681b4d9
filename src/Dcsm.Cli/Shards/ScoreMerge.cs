using System.Text.Json;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Output;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Shards;

namespace Dcsm.Cli.Shards;

/// <summary>Parts of scores as one result, as it would be without parts, to the byte.</summary>
internal static class ScoreMerge
{
    /// <summary>Joins parts, row by row, so that memory does not grow with their number.</summary>
    /// <param name="parts">All of them.</param>
    /// <param name="file">The result; its ending says as what.</param>
    /// <param name="terminal">Where it is said what was left out.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <returns>How many scores there are.</returns>
    public static long Write(
        IReadOnlyList<(string Folder, ShardManifest Manifest)> parts,
        string file,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        JsonField[] details = [.. parts.Select(part => ShardLines.Details(part.Folder, part.Manifest))];
        bool isPairs = details[0].Field("pairs").Flag(),
            anySkipped = details.Any(part => part.Field("skipped").Whole(0L) > 0);
        long expected = details.Sum(part => part.Field("rows").Whole(0L)),
            whole = details[0].Field("whole").Whole(0L);
        foreach (ShardError error in parts.SelectMany(part => part.Manifest.Errors))
            terminal.Warning($"left out: {error.Reason}");
        var layout = new ScoreLayout
        {
            HasCalibration = details[0].Field("calibration").Flag(),
            Softmax = details[0].Field("softmax").Flag(),
            AnyTruncated = details.Any(part => part.Field("truncated").Flag()),
            OtherColumns = [.. details[0].Field("columns").List().Select(column => column.String())],
            Skipped =
                details.Any(part => part.Field("listsSkipped").Flag()) || anySkipped
                    ? () => [.. Join<SkippedPair>(parts, details, ScoreShard.SkippedFile, isPairs ? pair => pair.Row!.Value : null)]
                    : null,
        };
        ScoreSource source =
            details[0].Field("source").Element.Deserialize<ScoreSource>(ShardLines.Options)
            ?? throw details[0].Field("source").Expected("what made the scores");
        long count = 0;
        ScoreWriter.Deliver(Rows(), source, details[0].Field("cosine").Flag(), ScoreFormat.Of(file)!, file, terminal, layout);
        return count;

        IEnumerable<ScoredPair> Rows()
        {
            foreach (ScoredPair pair in Join<ScoredPair>(parts, details, ScoreShard.RowsFile, isPairs ? pair => pair.Row!.Value : null))
            {
                cancellationToken.ThrowIfCancellationRequested();
                count++;
                yield return pair;
            }

            long skipped = details.Sum(part => part.Field("skipped").Whole(0L));
            long pictures = isPairs ? 1 : whole / Math.Max(1, parts[0].Manifest.Total);
            if (count != expected || count + (skipped * pictures) != whole)
            {
                throw new InvalidDataException(
                    $"{parts[0].Folder} and the other parts hold {count} scores, not {whole - (skipped * pictures)}"
                );
            }
        }
    }

    // Pictures of a grid come one after the other; those of a table stand wherever they stand.
    private static IEnumerable<T> Join<T>(
        IReadOnlyList<(string Folder, ShardManifest Manifest)> parts,
        JsonField[] details,
        string name,
        Func<T, int>? row
    ) =>
        row is null
            ? parts.SelectMany(part => Read<T>(Path.Combine(part.Folder, name)))
            : ShardRows.Join(
                parts.Select(
                    (part, i) =>
                        (details[i].Field("from").Whole(0L), (Func<IEnumerable<T>>)(() => Read<T>(Path.Combine(part.Folder, name))))
                ),
                item => row(item)
            );

    private static IEnumerable<T> Read<T>(string path)
    {
        using FileStream stream = RegularFile.OpenRead(path);
        foreach (TextLine line in TextLine.ReadAll(stream))
        {
            T? item;
            try
            {
                item = JsonSerializer.Deserialize<T>(line.Bytes.Span, ShardLines.Options);
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{path}, line {line.Number}: {e.Message}", e);
            }

            yield return item ?? throw new InvalidDataException($"{path}, line {line.Number}: is empty");
        }
    }
}
