using CsvHelper;
using Dcsm.IO.Files;

namespace Dcsm.IO.Csv;

/// <summary>A CSV file with a header, read as strictly as a person would want it: every row as wide as the header, every quote closed.</summary>
public sealed class CsvTable
{
    private CsvTable(IReadOnlyList<string> headers, IReadOnlyList<CsvRow> rows) => (Headers, Rows) = (headers, rows);

    public IReadOnlyList<string> Headers { get; }

    public IReadOnlyList<CsvRow> Rows { get; }

    /// <param name="file">The file.</param>
    /// <param name="required">Columns that must be there, in any order and among others.</param>
    public static CsvTable Read(AnnotationFile file, IReadOnlyList<string> required)
    {
        CsvMalformedRecord? malformed = null;
        var options = new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => malformed ??= record,
        };
        using var csv = CsvReader.Create(file.Bytes, options);
        csv.ReadHeader();
        ThrowIf(malformed, file.Path);
        string[] headers = [.. csv.Headers.Select(header => header.Trim())];
        Dictionary<string, int> columns = Columns(file.Path, headers, required);

        var rows = new List<CsvRow>();
        while (csv.Read())
        {
            ThrowIf(malformed, file.Path);
            long line = csv.LineNumber;
            if (csv.FieldCount != headers.Length)
            {
                bool broken = csv.RawRecord.Contains((byte)'\n');
                throw new InvalidDataException(
                    $"{file.Path}, line {line}: expected {headers.Length} fields, found {csv.FieldCount}; "
                        + (
                            broken
                                ? "the row goes on over several lines, so a quotation mark may be missing"
                                : "a text that contains a comma is put in quotation marks"
                        )
                );
            }

            string[] fields = new string[headers.Length];
            for (int i = 0; i < fields.Length; i++)
                fields[i] = csv.GetString(i);
            rows.Add(new CsvRow(file.Path, line, columns, fields));
        }

        ThrowIf(malformed, file.Path);
        return rows.Count > 0 ? new CsvTable(headers, rows) : throw new InvalidDataException($"{file.Path}: has a header and no items");
    }

    private static Dictionary<string, int> Columns(string path, string[] headers, IReadOnlyList<string> required)
    {
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < headers.Length; i++)
        {
            // Only the index column that pandas writes has no name.
            if (headers[i].Length > 0 && !columns.TryAdd(headers[i], i))
                throw new InvalidDataException($"{path}, line 1: two columns are named {headers[i]}");
        }

        string[] missing = [.. required.Where(name => !columns.ContainsKey(name))];
        if (missing.Length == 0)
            return columns;
        if (headers.Length == 1 && headers[0].AsSpan().IndexOfAny(";\t|") is var at and >= 0)
        {
            string separator = headers[0][at] == '\t' ? "tabs" : $"'{headers[0][at]}'";
            throw new InvalidDataException(
                $"{path}, line 1: the header is one column, '{headers[0]}': the file is separated by {separator} where commas are expected"
            );
        }

        throw new InvalidDataException(
            $"{path}, line 1: {(missing.Length == 1 ? "the column" : "the columns")} {Words(missing)} {(missing.Length == 1 ? "is" : "are")} missing; found {string.Join(", ", headers)}"
        );
    }

    private static string Words(string[] names) => names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";

    private static void ThrowIf(CsvMalformedRecord? malformed, string path)
    {
        if (malformed is not { } record)
            return;
        throw new InvalidDataException(
            $"{path}, line {record.LineNumber}: "
                + (
                    record.Reason == CsvMalformedReason.UnterminatedQuote
                        ? "a quoted field has no end; its closing quotation mark is missing"
                        : "a quotation mark stands where none may be, or a quoted field has no end; a text that contains one is put in quotation marks, and the mark doubled"
                )
        );
    }
}
