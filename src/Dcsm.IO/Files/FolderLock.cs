using System.Globalization;

namespace Dcsm.IO.Files;

/// <summary>
/// A folder that one process at a time writes in: a file in it that its holder keeps locked. The lock is the operating system's and ends
/// with the process, however that ends; a file that a killed one left is taken over.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private const string FileName = ".dcsm-lock",
        HolderName = ".dcsm-lock-holder";

    // Where a file system keeps no times, the mark is never found.
    private const int MostAttempts = 10;

    private readonly string _directory;
    private readonly string? _made;
    private readonly FileStream _file;
    private bool _disposed;

    private FolderLock(string directory, string? made, FileStream file) => (_directory, _made, _file) = (directory, made, file);

    /// <summary>Takes the lock, and makes the folder where there is none.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="holder">Who takes it, for whoever is refused: a command line.</param>
    /// <exception cref="IOException">Another holds it; the message says which process. Or a file has the folder's name.</exception>
    public static FolderLock Take(string directory, string holder)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (File.Exists(directory))
            throw new IOException($"{directory}: is a file; name a folder");
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        string? made = TopmostMissing(full);
        Directory.CreateDirectory(full);
        string path = Path.Combine(full, FileName);
        for (int attempt = 0; ; attempt++)
        {
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (File.Exists(path))
            {
                throw new IOException($"{directory}: {Holder(full)} is writing there; wait for its end, or name another folder");
            }

            // Its holder may have removed the file between our opening and locking it; then ours has no name any more.
            DateTime mark = Mark();
            File.SetLastWriteTimeUtc(file.SafeFileHandle, mark);
            if (attempt < MostAttempts && File.GetLastWriteTimeUtc(path) != mark)
            {
                file.Dispose();
                continue;
            }

            var taken = new FolderLock(full, made, file);
            File.WriteAllText(
                Path.Combine(full, HolderName),
                string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}, {holder}")
            );
            return taken;
        }
    }

    /// <summary>Gives the folder free; one that was made for it and is empty goes.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            File.Delete(Path.Combine(_directory, HolderName));
            _file.Dispose();
            for (string? folder = _directory; _made is not null && folder?.Length >= _made.Length; folder = Path.GetDirectoryName(folder))
                Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Something is in it, or it is gone.
        }
        finally
        {
            _file.Dispose();
        }
    }

    private static string Holder(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, HolderName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }

    // No two alike, in steps that file systems keep.
    private static DateTime Mark() => DateTime.UnixEpoch.AddSeconds(2L * Random.Shared.Next());

    private static string? TopmostMissing(string directory)
    {
        string? missing = null;
        for (string? folder = directory; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
            missing = folder;
        return missing;
    }
}
