using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Head;
using Dcsm.Scoring;

namespace Dcsm.Benchmarks;

/// <summary>
/// <c>memory</c>: scores many picture files with many captions, or as many embeddings on disk, and watches the process's memory.
/// </summary>
internal static class MemoryCommand
{
    private const string Usage = "memory [--images N] [--captions N] [--embeddings] [--json]";
    private const int Files = 128;

    public static int Run(string[] args)
    {
        (int images, int captions, bool embeddings, bool json) = (2000, 100, false, false);
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json")
            {
                json = true;
            }
            else if (args[i] == "--embeddings")
            {
                embeddings = true;
            }
            else if (
                args[i] is "--images" or "--captions"
                && i + 1 < args.Length
                && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                && count > 0
            )
            {
                (images, captions, i) = args[i] == "--images" ? (count, captions, i + 1) : (images, count, i + 1);
            }
            else
            {
                throw new ArgumentException($"{args[i]}: {Usage}");
            }
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("dcsm-memory-");
        try
        {
            using var clip = ClipModel.Load(Repository.Find("data", "clip-small"));
            var head = DcsmHead.Load(Repository.Find("data", "head-small"));
            (string[] files, string[] texts) = Draw(folder.FullName, clip, captions);
            var memory = new List<(long Pairs, Sample Sample)>();
            var watcher = new Watcher(done => memory.Add((done, Sample.Now())));
            Action score;
            if (embeddings)
            {
                TokenEmbeddingStore store = TiledStore.Make(folder.FullName, clip, files, texts, head.Config.TextTokens, images);
                score = () => Score(store, head, watcher);
            }
            else
            {
                string[] paths = [.. Enumerable.Range(0, images).Select(i => files[i % files.Length])];
                score = () => new DcsmScorer(clip, head).Score(paths, texts, watcher);
            }
            long start = Stopwatch.GetTimestamp();
            score();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            long pairs = (long)images * captions;
            // The first tenth is compilation and warming up.
            double Most(Func<Sample, double> part, bool second) =>
                memory
                    .Where(m => second ? m.Pairs > pairs / 2 : m.Pairs > pairs / 10 && m.Pairs <= pairs / 2)
                    .Select(m => part(m.Sample))
                    .DefaultIfEmpty()
                    .Max();
            double Growth(Func<Sample, double> part) => Most(part, second: true) - Most(part, second: false);
            if (json)
            {
                Console.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            images,
                            captions,
                            embeddings,
                            seconds,
                            peakMegabytes = Sample.Peak(),
                            peakOwnMegabytes = memory.Max(m => m.Sample.Own),
                            growthMegabytes = Growth(m => m.Own + m.Files),
                            growthOwnMegabytes = Growth(m => m.Own),
                        }
                    )
                );
            }
            else
            {
                Console.WriteLine("                 own memory   mapped files");
                foreach ((long done, Sample sample) in memory.Where((_, i) => i % Math.Max(1, memory.Count / 10) == 0))
                {
                    Console.WriteLine(
                        FormattableString.Invariant($"{done, 12:#,0} pairs   {sample.Own, 7:0} MiB   {sample.Files, 7:0} MiB")
                    );
                }

                Console.WriteLine(
                    FormattableString.Invariant(
                        $"{images} {(embeddings ? "embeddings" : "pictures")} × {captions} captions in {seconds:0.0} s: peak {Sample.Peak():0} MiB; own memory at most {memory.Max(m => m.Sample.Own):0} MiB, in the second half {Growth(m => m.Own):+0;-0;0} MiB over the first; {images / seconds:0} images/s"
                    )
                );
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
        var library = ObjectLibrary.Load(Repository.Find("data", "objects"));
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

    private static void Score(TokenEmbeddingStore store, DcsmHead head, Watcher watcher)
    {
        using (store)
        {
            long done = 0;
            foreach (ImageScores lot in new DcsmStoreScorer(store, head).Score())
                watcher.Report(done += lot.Scores.LongLength);
        }
    }

    /// <summary>Resident memory in MiB: the process's own (RssAnon), and pages of files, which the system takes back when it needs them (RssFile).</summary>
    private readonly record struct Sample(double Own, double Files)
    {
        public static Sample Now() =>
            File.Exists("/proc/self/status") ? new(Megabytes("RssAnon"), Megabytes("RssFile")) : new(Environment.WorkingSet / 1048576.0, 0);

        public static double Peak() => File.Exists("/proc/self/status") ? Megabytes("VmHWM") : Environment.WorkingSet / 1048576.0;

        private static double Megabytes(string field)
        {
            string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
            return double.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
        }
    }

    private sealed class Watcher(Action<long> watch) : IProgress<long>
    {
        public void Report(long value) => watch(value);
    }
}
