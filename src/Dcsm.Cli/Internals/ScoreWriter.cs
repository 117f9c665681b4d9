using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Dcsm.Clip;
using Dcsm.Evaluation.Tables;

namespace Dcsm.Cli.Internals;

/// <summary>Scores as JSON, CSV or a table.</summary>
internal static class ScoreWriter
{
    public static string ToJson(IReadOnlyList<ScoredPair> scores, string clip, ClipModel model, string head) => JsonSerializer.Serialize(
        new { clip = new { directory = clip, fingerprint = model.Fingerprint, precision = model.Precision.ToString().ToLowerInvariant() }, head = new { directory = head }, scores },
        Terminal.JsonOptions) + "\n";

    public static string ToCsv(IReadOnlyList<ScoredPair> scores)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (CsvWriter csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            bool cosine = scores.Any(s => s.Cosine is not null);
            csv.WriteRecord((string[])["image", "caption", "score", .. (ReadOnlySpan<string>)(cosine ? ["cosine"] : [])]);
            foreach (ScoredPair pair in scores)
            {
                csv.WriteField(pair.Image);
                csv.WriteField(pair.Caption);
                csv.WriteField(Shortest(pair.Score));
                if (cosine)
                    csv.WriteField(Shortest(pair.Cosine ?? float.NaN));
                csv.EndRecord();
            }
        }

        return text.ToString();
    }

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
            float best = pairs.Max(p => p.Score), bestCosine = pairs.Max(p => p.Cosine ?? float.NegativeInfinity);
            for (int i = 0; i < pairs.Length; i++)
            {
                bool choice = pairs.Length > 1;
                List<TableCell> cells = [i == 0 ? picture.Key : "", pairs[i].Caption, Mark(pairs[i].Score, choice && pairs[i].Score == best)];
                if (cosine)
                    cells.Add(Mark(pairs[i].Cosine!.Value, choice && pairs[i].Cosine == bestCosine));
                rows.Add(new TableRow(cells, StartsGroup: i == 0 && rows.Count > 0 && choice));
            }
        }

        return new Table("", columns, rows, []);
    }

    // Bold does not survive a pipe; the mark does.
    private static TableCell Mark(float score, bool best) => new((best ? "* " : "") + Figures.Score(score), Strong: best);

    private static string Shortest(float value) => value.ToString(CultureInfo.InvariantCulture);
}
