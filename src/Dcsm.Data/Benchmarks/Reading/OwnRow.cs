using System.Globalization;
using System.Text.Json;
using Dcsm.IO.Csv;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>A row of CSV, or an object of a JSON line.</summary>
internal abstract class OwnRow
{
    public abstract string Place { get; }

    public static IEnumerable<OwnRow> Of(CsvTable table) => table.Rows.Select(row => new CsvOwnRow(table, row));

    public static OwnRow Of(JsonField item) => new JsonOwnRow(item);

    public abstract string PlaceOf(string name);

    /// <summary>Whether there is such a column or field.</summary>
    public abstract bool Has(string name);

    /// <summary>A text that has to be there.</summary>
    public abstract string Text(string name);

    /// <summary>A text that need not be there; empty where it is not.</summary>
    public abstract string Label(string name);

    /// <summary>A whole number from 0 to below a limit; null where there is none.</summary>
    public abstract int? Index(string name, int count);

    /// <summary>True or false, in words or as 1 and 0.</summary>
    public abstract bool Flag(string name);

    /// <summary>The texts to choose from, two at least.</summary>
    public abstract IReadOnlyList<string> Options();

    private sealed class CsvOwnRow(CsvTable table, CsvRow row) : OwnRow
    {
        public override string Place => row.Place;

        public override string PlaceOf(string name) => row.PlaceOf(name);

        public override bool Has(string name) => table.Headers.Contains(name, StringComparer.OrdinalIgnoreCase);

        public override string Text(string name) => row.Text(name);

        public override string Label(string name) => row.Optional(name).Trim();

        public override int? Index(string name, int count) => string.IsNullOrWhiteSpace(row.Optional(name)) ? null : row.Index(name, count);

        public override bool Flag(string name) =>
            Text(name).Trim().ToLowerInvariant() switch
            {
                "1" or "true" => true,
                "0" or "false" => false,
                string other => throw new InvalidDataException($"{PlaceOf(name)}: '{other}' is none of true, false, 1 and 0"),
            };

        public override IReadOnlyList<string> Options()
        {
            var columns = new List<string>();
            for (int i = 0; Has(Column(i)); i++)
                columns.Add(Column(i));
            // Rows with fewer options leave the last columns empty.
            int count = columns.FindLastIndex(column => !string.IsNullOrWhiteSpace(row[column])) + 1;
            return [.. columns.Take(Math.Max(count, 2)).Select(row.Text)];
        }

        private static string Column(int i) => string.Create(CultureInfo.InvariantCulture, $"option_{i}");
    }

    private sealed class JsonOwnRow(JsonField item) : OwnRow
    {
        public override string Place => item.Place;

        public override string PlaceOf(string name) => item.Field(name).Place;

        public override bool Has(string name) => item.Has(name);

        public override string Text(string name) => item.Field(name).Text();

        public override string Label(string name) => item.Optional(name)?.String() ?? "";

        public override int? Index(string name, int count) => item.Optional(name)?.Whole(0, count - 1);

        public override bool Flag(string name) =>
            item.Field(name) is { Kind: JsonValueKind.Number } number ? number.Whole(0, 1) == 1 : item.Field(name).Flag();

        public override IReadOnlyList<string> Options()
        {
            JsonField list = item.Field("options");
            IReadOnlyList<string> texts = list.Texts();
            return texts.Count >= 2 ? texts : throw list.Wrong($"expected 2 texts or more, found {texts.Count}");
        }
    }
}
