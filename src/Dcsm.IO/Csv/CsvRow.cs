using System.Globalization;

namespace Dcsm.IO.Csv;

/// <summary>A row of a <see cref="CsvTable"/>.</summary>
public sealed class CsvRow
{
    private readonly string _path;
    private readonly Dictionary<string, int> _columns;
    private readonly string[] _fields;

    internal CsvRow(string path, int line, Dictionary<string, int> columns, string[] fields) =>
        (_path, Line, _columns, _fields) = (path, line, columns, fields);

    /// <summary>The line at which the row starts, from 1.</summary>
    public int Line { get; }

    /// <summary>Where the row is, for errors.</summary>
    public string Place => $"{_path}, line {Line}";

    /// <summary>A field as it stands.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such column.</exception>
    public string this[string column] => _fields[_columns[column]];

    /// <summary>Where a field is, for errors.</summary>
    public string PlaceOf(string column) => $"{Place}, column {column}";

    /// <summary>A field of a column that need not be there; empty where it isn't.</summary>
    public string Optional(string column) => _columns.TryGetValue(column, out int index) ? _fields[index] : "";

    /// <summary>A field that must hold something, as it stands.</summary>
    /// <exception cref="InvalidDataException">It is empty.</exception>
    public string Text(string column)
    {
        string value = this[column];
        return string.IsNullOrWhiteSpace(value)
            ? throw new InvalidDataException($"{PlaceOf(column)}: the field is empty; a text is expected")
            : value;
    }

    /// <summary>A whole number from 0 to below a limit.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public int Index(string column, int count)
    {
        string value = this[column].Trim();
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index))
            throw new InvalidDataException($"{PlaceOf(column)}: '{value}' is not a whole number; 0 to {count - 1} expected");
        return (uint)index < (uint)count
            ? index
            : throw new InvalidDataException($"{PlaceOf(column)}: {value} is out of range; 0 to {count - 1} expected");
    }

    /// <summary>A finite number.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public double Number(string column) =>
        double.TryParse(this[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw new InvalidDataException($"{PlaceOf(column)}: '{this[column]}' is not a number");
}
