namespace Dcsm.Evaluation.Internals;

/// <summary>Fields of comma-separated values (RFC 4180).</summary>
internal static class CsvText
{
    public static string Escape(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
