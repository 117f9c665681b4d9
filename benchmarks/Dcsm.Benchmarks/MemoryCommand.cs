using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dcsm.Clip;
using Dcsm.Data;
using Dcsm.Data.Scenes;

namespace Dcsm.Benchmarks;

/// <summary><c>memory</c>: scores many picture files with many captions, and watches the process's memory.</summary>
internal static class MemoryCommand
{
    private const string Usage = "memory [--images N] [--captions N] [--json]";
    private const int Files = 128;

    public static int Run(string[] args)
    {
        (int images, int captions, bool json) = (2000, 100, false);
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json")
                json = true;
            else if (args[i] is "--images" or "--captions" && i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
                (images, captions, i) = args[i] == "--images" ? (count, captions, i + 1) : (images, count, i + 1);
            else
                throw new ArgumentException($"{args[i]}: {Usage}");
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("dcsm-memory-");
        try
        {
            using ClipModel clip = ClipModel.Load(Repository.Find("data", "clip-small"));
            var scorer = new DcsmScorer(clip, DcsmHead.Load(Repository.Find("data", "head-small")));
            (string[] files, string[] texts) = Draw(folder.FullName, clip, captions);
            string[] paths = [.. Enumerable.Range(0, images).Select(i => files[i % files.Length])];
            var memory = new List<(long Pairs, double Megabytes)>();
            long start = Stopwatch.GetTimestamp();
            float[,] scores = scorer.Score(paths, texts, new Watcher(done => memory.Add((done, Megabytes("VmRSS")))));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, peak = Megabytes("VmHWM");
            long pairs = scores.LongLength;
            // The first tenth is compilation and warming up.
            double first = memory.Where(m => m.Pairs > pairs / 10 && m.Pairs <= pairs / 2).Select(m => m.Megabytes).DefaultIfEmpty(peak).Max();
            double second = memory.Where(m => m.Pairs > pairs / 2).Select(m => m.Megabytes).Max();
            if (json)
            {
                Console.WriteLine(JsonSerializer.Serialize(new { images, captions, seconds, peakMegabytes = peak, growthMegabytes = second - first }));
            }
            else
            {
                foreach ((long done, double megabytes) in memory.Where((_, i) => i % Math.Max(1, memory.Count / 10) == 0))
                    Console.WriteLine(FormattableString.Invariant($"{done,12:#,0} pairs   {megabytes,7:0} MiB"));
                Console.WriteLine(FormattableString.Invariant($"{images} pictures × {captions} captions in {seconds:0.0} s: peak {peak:0} MiB, the second half {second - first:+0;-0;0} MiB over the first; {images / seconds:0} pictures/s"));
            }
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (string[] Files, string[] Captions) Draw(string folder, ClipModel clip, int captions)
    {
        ObjectLibrary library = ObjectLibrary.Load(Repository.Find("data", "objects"));
        var sampler = new SceneSampler(library, SceneSplit.Create([.. library.Objects.Select(o => o.Name)], 1));
        const int Size = 320;
        var renderer = new SceneRenderer(library, Size);
        byte[] rgb = new byte[Size * Size * 3];
        SceneSample Sample(int i) => sampler.Sample((SceneKind)(i % 4), SplitPart.Train, 1, i);
        string[] files = new string[Files];
        for (int i = 0; i < Files; i++)
        {
            renderer.Render(Sample(i).Image, rgb);
            files[i] = Path.Combine(folder, $"{i}.jpg");
            PictureFile.WriteJpeg(files[i], rgb, Size, Size);
        }
        return (files, [.. Enumerable.Range(0, captions).Select(i => Sample(i).Captions[0])]);
    }

    private static double Megabytes(string field)
    {
        if (!File.Exists("/proc/self/status"))
            return Environment.WorkingSet / 1048576.0;
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }

    private sealed class Watcher(Action<long> watch) : IProgress<long>
    {
        public void Report(long value) => watch(value);
    }
}
