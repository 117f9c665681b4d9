using System.Globalization;
using System.Text.Json;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Csv;
using Dcsm.IO.Tensors;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Output;

/// <summary>Scores as JSON, CSV or a table.</summary>
internal static class ScoreWriter
{
    /// <summary>
    /// Shows scores, or writes them to stdout or a file as they come. Where something goes wrong in between, what is done is kept: a file
    /// is called .part until it is whole.
    /// </summary>
    public static void Deliver(
        IEnumerable<ScoredPair> scores,
        ScoreSource source,
        bool cosine,
        string format,
        string? file,
        Terminal terminal,
        ScoreLayout? layout = null
    )
    {
        layout ??= new ScoreLayout();
        if (format == "table")
        {
            TableView.Show(terminal, ToTable([.. scores], layout, source.Head is not null));
            return;
        }

        StreamedResults.Deliver(
            scores,
            "scores",
            file,
            terminal,
            (stream, done) =>
            {
                switch (format)
                {
                    case "csv":
                        WriteCsv(stream, done, cosine, layout, terminal.CsvRaw);
                        break;
                    case "parquet":
                        ScoreColumns.WriteParquet(stream, done, cosine, layout, Later(layout.Skipped));
                        break;
                    case "npy":
                        ScoreColumns.WriteNpy(stream, done);
                        break;
                    case "safetensors":
                        ScoreColumns.WriteSafetensors(stream, done, cosine, layout);
                        break;
                    default:
                        WriteJson(stream, done, source, layout);
                        break;
                }
            }
        );
    }

    // What they are of goes before the scores, and what was left out, which is known at their end, behind them.
    private static void WriteJson(Stream stream, IEnumerable<ScoredPair> scores, ScoreSource source, ScoreLayout layout)
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
                head = source.Head is { } head ? new { directory = head } : null,
                embeddings = source.Embeddings is { } directory ? new { directory } : null,
                orientation = source.Orientation?.Name(),
                scores,
                skipped = layout.Skipped is { } skipped ? Later(skipped) : null,
            },
            Terminal.JsonOptions
        );
        stream.Write("\n"u8);
    }

    private static IEnumerable<SkippedPair> Later(Func<IReadOnlyList<SkippedPair>>? skipped)
    {
        foreach (SkippedPair pair in skipped?.Invoke() ?? [])
            yield return pair;
    }

    private static void WriteCsv(Stream stream, IEnumerable<ScoredPair> scores, bool cosine, ScoreLayout layout, bool raw)
    {
        List<string> header = ["image", "caption", "score"];
        if (layout.HasCalibration)
            header.Add("probability");
        if (layout.Softmax)
            header.Add("softmax");
        if (cosine)
            header.Add("cosine");
        if (layout.AnyTruncated)
            header.Add("truncated");
        if (layout.Skipped is not null)
            header.Add("error");
        // A table may have been scored before.
        string[] others = [.. layout.OtherColumns.Select(name => header.Contains(name) ? "input_" + name : name)];

        IEnumerable<string> Row(
            string image,
            string caption,
            string score,
            (double? Probability, double? Softmax) shares,
            string cosineText,
            bool truncated,
            string error,
            IReadOnlyDictionary<string, string>? columns
        ) =>
            [
                image,
                caption,
                score,
                .. (ReadOnlySpan<string>)(layout.HasCalibration ? [Shortest(shares.Probability)] : []),
                .. (ReadOnlySpan<string>)(layout.Softmax ? [Shortest(shares.Softmax)] : []),
                .. (ReadOnlySpan<string>)(cosine ? [cosineText] : []),
                .. (ReadOnlySpan<string>)(layout.AnyTruncated ? [truncated ? "true" : "false"] : []),
                .. (ReadOnlySpan<string>)(layout.Skipped is not null ? [error] : []),
                .. layout.OtherColumns.Select(name => columns?.GetValueOrDefault(name) ?? ""),
            ];

        CsvTable.Write(
            stream,
            scores
                .Select(pair =>
                    Row(
                        pair.Image,
                        pair.Caption,
                        Shortest(pair.Score),
                        (pair.Probability, pair.Softmax),
                        Shortest(pair.Cosine ?? float.NaN),
                        pair.Truncated == true,
                        "",
                        pair.Columns
                    )
                )
                .Prepend([.. header, .. others])
                .Concat(
                    Later(layout.Skipped)
                        .Select(pair => Row(pair.Image, pair.Caption ?? "", "", (null, null), "", false, pair.Reason, pair.Columns))
                ),
            raw
        );
    }

    /// <summary>A row a pair; with several captions to a picture, the best one of each that can be judged is strong.</summary>
    private static Table ToTable(IReadOnlyList<ScoredPair> scores, ScoreLayout layout, bool hasHead)
    {
        bool cosine = scores.Any(s => s.Cosine is not null);
        bool probable = layout.HasCalibration && !layout.Logits;
        List<TableColumn> columns =
        [
            new("Picture"),
            new("Caption"),
            new(
                !hasHead ? "CLIP"
                    : probable ? "probability"
                    : "DCSM",
                AlignRight: true
            ),
        ];
        if (layout.Softmax)
            columns.Add(new("share", AlignRight: true));
        if (cosine)
            columns.Add(new("CLIP", AlignRight: true));
        List<TableRow> rows = [];
        foreach (IGrouping<object, ScoredPair> picture in scores.GroupBy(s => layout.Sorted && s.Row is { } row ? (object)row : s.Image))
        {
            ScoredPair[] pairs = [.. picture];
            float best = pairs.Where(p => p.NotJudged is null).Select(p => p.Score).DefaultIfEmpty(float.NaN).Max(),
                bestCosine = pairs.Max(p => p.Cosine ?? float.NegativeInfinity);
            for (int i = 0; i < pairs.Length; i++)
            {
                bool choice = pairs.Length > 1;
                List<TableCell> cells =
                [
                    i == 0 ? pairs[i].Image : "",
                    pairs[i].Caption,
                    Mark(
                        !probable ? NumberText.Score(pairs[i].Score)
                            : pairs[i].Probability is { } probability ? NumberText.Fixed(probability, 3)
                            : "–",
                        choice && pairs[i].Score == best
                    ),
                ];
                if (layout.Softmax)
                    cells.Add(NumberText.Fixed(pairs[i].Softmax!.Value, 3));
                if (cosine)
                    cells.Add(Mark(NumberText.Score(pairs[i].Cosine!.Value), choice && pairs[i].Cosine == bestCosine));
                rows.Add(new TableRow(cells, StartsGroup: i == 0 && rows.Count > 0 && choice));
            }
        }

        List<string> notes = [.. Later(layout.Skipped).Select(skipped => $"left out: {skipped.Reason}")];
        if (scores.Count(s => s.Truncated == true) is var cut and > 0)
            notes.Add($"{cut} of {scores.Count} scores are of captions that were cut");
        foreach (IGrouping<string?, ScoredPair> captions in scores.Where(s => s.NotJudged is not null).GroupBy(s => s.NotJudged))
            notes.Add($"No probability: \"{captions.First().Caption}\" {captions.Key}.");
        if (hasHead && !layout.HasCalibration)
            notes.Add("This head has no calibration: its scores compare only within one form of caption.");
        return new Table("", columns, rows, notes);
    }

    // Bold does not survive a pipe; the mark does.
    private static TableCell Mark(string score, bool best) => new((best ? "* " : "") + score, Strong: best);

    private static string Shortest(float value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Shortest(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
