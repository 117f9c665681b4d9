using System.Collections.Concurrent;
using Dcsm.Cli.Output;
using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Batches;

namespace Dcsm.Cli.Inputs;

/// <summary>Finds the pictures that can't be read before work begins on the others: each is decoded once more.</summary>
internal static class BrokenPictures
{
    /// <returns>What is wrong with each broken picture, by its file.</returns>
    public static IReadOnlyDictionary<string, string> Find(
        IEnumerable<string> paths,
        PictureOptions pictures,
        int threads,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        string[] all = [.. paths.Distinct(StringComparer.Ordinal)];
        var broken = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        ProgressView.Show(
            terminal,
            "Looking for broken pictures",
            "pictures",
            report =>
            {
                int done = 0;
                ParallelItems.ForEach(
                    all.Length,
                    threads,
                    i =>
                    {
                        try
                        {
                            RgbImage.Load(all[i], pictures with { Warn = null });
                        }
                        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
                        {
                            broken[all[i]] = e.Message;
                        }

                        int now = Interlocked.Increment(ref done);
                        report((double)now / all.Length, now);
                    },
                    cancellationToken
                );
            }
        );
        foreach (string path in all.Where(broken.ContainsKey))
            terminal.Warning($"left out: {broken[path]}");
        return broken;
    }
}
