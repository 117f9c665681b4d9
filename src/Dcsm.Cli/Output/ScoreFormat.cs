namespace Dcsm.Cli.Output;

/// <summary>As what scores are written to a file, by its ending.</summary>
internal static class ScoreFormat
{
    /// <summary>The endings, for messages.</summary>
    public const string Endings = ".json, .csv, .parquet, .npy or .safetensors";

    private static readonly string[] All = ["json", "csv", "parquet", "npy", "safetensors"];

    /// <summary>The format of a file; null where its ending is of none.</summary>
    public static string? Of(string file) =>
        Array.Find(All, format => Path.GetExtension(file).Equals("." + format, StringComparison.OrdinalIgnoreCase));
}
