namespace Dcsm.Data.Internals;

/// <summary>Files that appear whole or not at all.</summary>
internal static class AtomicFile
{
    public const string TemporarySuffix = ".tmp";

    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = TemporaryName(path);
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A name in the same folder, so that renaming stays within one file system.</summary>
    private static string TemporaryName(string path) => $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}{TemporarySuffix}";
}
