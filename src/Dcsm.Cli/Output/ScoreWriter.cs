using System.Globalization;
using System.Text.Json;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Tensors;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Output;

/// <summary>Scores as JSON, CSV or a table.</summary>
internal static class ScoreWriter
{
    /// <summary>Shows scores, or writes them to stdout or a file.</summary>
    public static void Deliver(
        IEnumerable<ScoredPair> scores,
        ScoreSource source,
        bool cosine,
        string format,
        string? file,
        Terminal terminal
    )
    {
        if (format == "table")
        {
            TableView.Show(terminal, ToTable([.. scores]));
            return;
        }

        if (file is not null)
        {
            AtomicFile.Write(file, Write);
            return;
        }

        using Stream results = Console.OpenStandardOutput();
        Write(results);

        void Write(Stream stream)
        {
            if (format == "csv")
                WriteCsv(stream, scores, cosine);
            else
                WriteJson(stream, scores, source);
        }
    }

    /// <summary>Writes the scores one by one; what they are of goes before them.</summary>
    public static void WriteJson(Stream stream, IEnumerable<ScoredPair> scores, ScoreSource source)
    {
        JsonSerializer.Serialize(
            stream,
            new
            {
                clip = new
                {
                    directory = source.Clip,
                    fingerprint = source.ClipFingerprint,
                    precision = source.Precision.Name(),
                },
                head = new { directory = source.Head },
                embeddings = source.Embeddings is { } directory ? new { directory } : null,
                scores,
            },
            Terminal.JsonOptions
        );
        stream.Write("\n"u8);
    }

    /// <summary>Writes the scores one by one.</summary>
    public static void WriteCsv(Stream stream, IEnumerable<ScoredPair> scores, bool cosine) =>
        CsvTable.Write(
            stream,
            scores
                .Select(pair =>
                    (string[])
                        [
                            pair.Image,
                            pair.Caption,
                            Shortest(pair.Score),
                            .. (ReadOnlySpan<string>)(cosine ? [Shortest(pair.Cosine ?? float.NaN)] : []),
                        ]
                )
                .Prepend(["image", "caption", "score", .. (ReadOnlySpan<string>)(cosine ? ["cosine"] : [])])
        );

    /// <summary>A row a pair; with several captions to a picture, the best one of each is strong.</summary>
    public static Table ToTable(IReadOnlyList<ScoredPair> scores)
    {
        bool cosine = scores.Any(s => s.Cosine is not null);
        List<TableColumn> columns = [new("Picture"), new("Caption"), new("DCSM", AlignRight: true)];
        if (cosine)
            columns.Add(new("CLIP", AlignRight: true));
        List<TableRow> rows = [];
        foreach (IGrouping<string, ScoredPair> picture in scores.GroupBy(s => s.Image))
        {
            ScoredPair[] pairs = [.. picture];
            float best = pairs.Max(p => p.Score),
                bestCosine = pairs.Max(p => p.Cosine ?? float.NegativeInfinity);
            for (int i = 0; i < pairs.Length; i++)
            {
                bool choice = pairs.Length > 1;
                List<TableCell> cells =
                [
                    i == 0 ? picture.Key : "",
                    pairs[i].Caption,
                    Mark(pairs[i].Score, choice && pairs[i].Score == best),
                ];
                if (cosine)
                    cells.Add(Mark(pairs[i].Cosine!.Value, choice && pairs[i].Cosine == bestCosine));
                rows.Add(new TableRow(cells, StartsGroup: i == 0 && rows.Count > 0 && choice));
            }
        }

        return new Table("", columns, rows, []);
    }

    // Bold does not survive a pipe; the mark does.
    private static TableCell Mark(float score, bool best) => new((best ? "* " : "") + NumberText.Score(score), Strong: best);

    private static string Shortest(float value) => value.ToString(CultureInfo.InvariantCulture);
}
