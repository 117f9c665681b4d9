using System.Globalization;
using CsvHelper;
using Dcsm.IO.Files;

namespace Dcsm.IO.Csv;

/// <summary>
/// A table of comma-separated values (RFC 4180) with a header, read as strictly as a person would want it: every row as wide as the header,
/// every quote closed. Errors name the file, the line and the column. May be shared by threads.
/// </summary>
public sealed class CsvTable
{
    // Whoever reads the other end of a pipe, or what a killed process left, misses no more than so many.
    private const int RowsAtOnce = 64;

    private CsvTable(IReadOnlyList<string> headers, IReadOnlyList<CsvRow> rows) => (Headers, Rows) = (headers, rows);

    /// <summary>The names of the columns, trimmed.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>The rows, at least one.</summary>
    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>Reads a file of UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="required">Columns that must be there, in any order and case and among others.</param>
    /// <param name="trim">Whether white space around fields is removed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no such table; the message says where.</exception>
    public static CsvTable Read(string path, IReadOnlyList<string> required, bool trim = false) =>
        File.Exists(path)
            ? Parse(Utf8File.Read(path), path, required, trim)
            : throw new FileNotFoundException($"{path}: there is no such file", path);

    /// <summary>Reads a table.</summary>
    /// <param name="utf8">The table.</param>
    /// <param name="path">What errors call it: the file.</param>
    /// <param name="required">Columns that must be there, in any order and case and among others.</param>
    /// <param name="trim">Whether white space around fields is removed.</param>
    /// <param name="separator">What stands between fields.</param>
    /// <exception cref="InvalidDataException">It is no such table; the message says where.</exception>
    public static CsvTable Parse(byte[] utf8, string path, IReadOnlyList<string> required, bool trim = false, char separator = ',')
    {
        CsvMalformedRecord? malformed = null;
        var options = new CsvReaderOptions
        {
            Separator = separator,
            TrimWhitespace = trim,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => malformed ??= record,
        };
        using var csv = CsvReader.Create(utf8, options);
        csv.ReadHeader();
        ThrowIf(malformed, path);
        string[] headers = [.. csv.Headers.Select(header => header.Trim())];
        Dictionary<string, int> columns = Columns(path, headers, required);

        var rows = new List<CsvRow>();
        while (csv.Read())
        {
            ThrowIf(malformed, path);
            int line = checked((int)csv.LineNumber);
            if (csv.FieldCount != headers.Length)
            {
                bool broken = csv.RawRecord.Contains((byte)'\n');
                throw new InvalidDataException(
                    $"{path}, line {line}: expected {headers.Length} fields, found {csv.FieldCount}; "
                        + (
                            broken
                                ? "the row goes on over several lines, so a quotation mark may be missing"
                                : $"a text that contains {Name(separator)} is put in quotation marks"
                        )
                );
            }

            string[] fields = new string[headers.Length];
            for (int i = 0; i < fields.Length; i++)
                fields[i] = trim ? csv.GetString(i).Trim() : csv.GetString(i);
            rows.Add(new CsvRow(path, line, columns, fields));
        }

        ThrowIf(malformed, path);
        return rows.Count > 0 ? new CsvTable(headers, rows) : throw new InvalidDataException($"{path}: has a header and no items");
    }

    /// <summary>Writes rows, the header first, as they come: UTF-8, lines that end in a line feed.</summary>
    /// <param name="stream">Where they go; left open.</param>
    /// <param name="rows">The fields of each row.</param>
    /// <param name="raw">
    /// Whether texts that a spreadsheet would compute are written as they are, for programs; else an apostrophe goes before them.
    /// </param>
    public static void Write(Stream stream, IEnumerable<IEnumerable<string>> rows, bool raw = false)
    {
        using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        int written = 0;
        foreach (IEnumerable<string> row in rows)
        {
            foreach (string field in row)
                csv.WriteField(!raw && IsComputed(field) ? "'" + field : field);
            csv.EndRecord();
            if (++written % RowsAtOnce == 0)
                csv.Flush();
        }
    }

    // Spreadsheets take what begins so for a formula, which may fetch an address or start a program; numbers are none.
    private static bool IsComputed(string field) =>
        field.Length > 0
        && "=+-@\t\r".Contains(field[0], StringComparison.Ordinal)
        && !double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static Dictionary<string, int> Columns(string path, string[] headers, IReadOnlyList<string> required)
    {
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < headers.Length; i++)
        {
            // Only the index column that pandas writes has no name.
            if (headers[i].Length > 0 && !columns.TryAdd(headers[i], i))
                throw new InvalidDataException($"{path}, line 1: two columns are named {Excerpt.Of(headers[i])}");
        }

        string[] missing = [.. required.Where(name => !columns.ContainsKey(name))];
        if (missing.Length == 0)
            return columns;
        if (headers.Length == 1 && headers[0].AsSpan().IndexOfAny(";\t|") is var at and >= 0)
        {
            string separator = headers[0][at] == '\t' ? "tabs" : $"'{headers[0][at]}'";
            throw new InvalidDataException(
                $"{path}, line 1: the header is one column, '{Excerpt.Of(headers[0])}': "
                    + $"the file is separated by {separator} where commas are expected"
            );
        }

        throw new InvalidDataException(
            $"{path}, line 1: {(missing.Length == 1 ? "the column" : "the columns")} {Words(missing)} "
                + $"{(missing.Length == 1 ? "is" : "are")} missing; found {Excerpt.Of(headers)}"
        );
    }

    private static string Name(char separator) =>
        separator switch
        {
            ',' => "a comma",
            '\t' => "a tab",
            _ => $"a '{separator}'",
        };

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
                        : "a quotation mark stands where none may be, or a quoted field has no end; a text that contains one is "
                            + "put in quotation marks, and the mark doubled"
                )
        );
    }
}
