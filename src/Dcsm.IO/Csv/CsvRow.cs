using System.Globalization;

namespace Dcsm.IO.Csv;

/// <summary>A row of a <see cref="CsvTable"/>.</summary>
/// <param name="path">The file.</param>
/// <param name="line">The line at which the row starts, from 1.</param>
public sealed class CsvRow(string path, long line, Dictionary<string, int> columns, string[] fields)
{
    public string Place => $"{path}, line {line}";

    public string PlaceOf(string column) => $"{path}, line {line}, column {column}";

    public string this[string column] => fields[columns[column]];

    /// <summary>A field that must hold something, as it stands.</summary>
    public string Text(string column)
    {
        string value = this[column];
        return string.IsNullOrWhiteSpace(value)
            ? throw new InvalidDataException($"{PlaceOf(column)}: the field is empty; a text is expected")
            : value;
    }

    /// <summary>A whole number from 0 to below a limit.</summary>
    public int Index(string column, int count)
    {
        string value = this[column].Trim();
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index))
            throw new InvalidDataException($"{PlaceOf(column)}: '{value}' is not a whole number; 0 to {count - 1} expected");
        return (uint)index < (uint)count
            ? index
            : throw new InvalidDataException($"{PlaceOf(column)}: {value} is out of range; 0 to {count - 1} expected");
    }
}
