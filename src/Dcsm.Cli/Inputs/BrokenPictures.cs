using System.Collections.Concurrent;
using Dcsm.Cli.Output;
using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Batches;

namespace Dcsm.Cli.Inputs;

/// <summary>Pictures that can't be read.</summary>
internal static class BrokenPictures
{
    /// <summary>Finds them before work begins on the others, for what needs to know their number: each is decoded once more.</summary>
    /// <returns>What is wrong with each broken picture, by its file.</returns>
    public static ConcurrentDictionary<string, string> Find(
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
        return broken;
    }

    /// <summary>Warns of each.</summary>
    public static void Tell(IEnumerable<string> paths, IReadOnlyDictionary<string, string> broken, Terminal terminal)
    {
        foreach (string path in paths.Distinct(StringComparer.Ordinal).Where(broken.ContainsKey))
            terminal.Warning($"left out: {broken[path]}");
    }
}
