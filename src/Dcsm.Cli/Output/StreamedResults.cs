using System.Globalization;
using Dcsm.IO.Files;

namespace Dcsm.Cli.Output;

/// <summary>Results that are written as they come, to stdout or a file.</summary>
internal static class StreamedResults
{
    /// <summary>
    /// Writes results. Where something goes wrong in between, what is done is kept: a file is called .part until it is whole.
    /// </summary>
    /// <param name="items">The results.</param>
    /// <param name="what">What they are called: "scores".</param>
    /// <param name="file">The file; null for stdout.</param>
    /// <param name="terminal">Where it is said what was kept.</param>
    /// <param name="write">Writes them to a stream.</param>
    public static void Deliver<T>(IEnumerable<T> items, string what, string? file, Terminal terminal, Action<Stream, IEnumerable<T>> write)
    {
        using var done = new FinishedItems<T>(items);
        if (file is null)
        {
            using Stream results = Terminal.OpenResults();
            write(results, done.Items);
            done.ThrowIfStopped();
            return;
        }

        if (Directory.Exists(file))
            throw new IOException($"{file}: is a folder; name a file");
        if (RegularFile.IsSpecial(file))
        {
            using var there = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            write(there, done.Items);
            done.ThrowIfStopped();
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        string part = AtomicFile.Part(file);
        using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            write(stream, done.Items);
            stream.Flush(flushToDisk: true);
        }

        if (!done.Stopped)
            AtomicFile.Finish(part, file);
        else
            terminal.Warning(string.Create(CultureInfo.InvariantCulture, $"the {done.Count} {what} that were done are in {part}"));
        done.ThrowIfStopped();
    }
}
