using System.CommandLine;
using System.Diagnostics;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Head;
using Dcsm.IO.Progress;
using Dcsm.Scoring;

namespace Dcsm.Benchmarks.Commands;

/// <summary>
/// <c>memory</c>: scores many picture files with many captions, or as many embeddings on disk, and watches the process's memory.
/// </summary>
internal static class MemoryCommand
{
    private const int Files = 128;

    public static Command Create()
    {
        Option<int> images = CommonOptions.Count("--images", "Pictures, the same 128 files again and again.", 2000);
        Option<int> captions = CommonOptions.Count("--captions", "Captions, each scored with every picture.", 100);
        Option<bool> embeddings = new("--embeddings") { Description = "Score embeddings on disk instead of picture files." };
        Option<bool> json = new("--json") { Description = "Print the result as JSON." };
        Command command = new("memory", "Scores many pictures with many captions, and watches the process's memory.")
        {
            images,
            captions,
            embeddings,
            json,
        };
        command.SetAction(parse => Run(parse.GetValue(images), parse.GetValue(captions), parse.GetValue(embeddings), parse.GetValue(json)));
        return command;
    }

    private static void Run(int images, int captions, bool embeddings, bool json)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dcsm-memory-");
        try
        {
            using var clip = ClipModel.Load(Repository.Path("data", "clip-small"));
            var head = DcsmHead.Load(Repository.Path("data", "head-small"));
            (string[] files, string[] texts) = Draw(folder.FullName, clip, captions);
            var memory = new List<(long Pairs, ResidentMemory Memory)>();
            var watcher = new Watcher(done => memory.Add((done, ResidentMemory.Now())));
            Action score;
            if (embeddings)
            {
                TokenEmbeddingStore store = TiledStore.Make(folder.FullName, clip, files, texts, head.Config.TextTokens, images);
                score = () => Score(store, head, watcher);
            }
            else
            {
                IEnumerable<ImageSource> pictures = Enumerable.Range(0, images).Select(i => (ImageSource)files[i % files.Length]);
                score = () => Score(new DcsmScorer(clip, head), pictures, texts, watcher);
            }
            long start = Stopwatch.GetTimestamp();
            score();
            var run = new MemoryRun(images, captions, embeddings, Stopwatch.GetElapsedTime(start).TotalSeconds, memory);
            if (json)
                run.WriteJson();
            else
                run.WriteText();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (string[] Files, string[] Captions) Draw(string folder, ClipModel clip, int captions)
    {
        var library = ObjectLibrary.Load(Repository.Path("data", "objects"));
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

    private static void Score(DcsmScorer scorer, IEnumerable<ImageSource> pictures, string[] texts, Watcher watcher)
    {
        long done = 0;
        foreach (ImageResult result in scorer.ScoreAsync(pictures, scorer.Encode(texts)).ToBlockingEnumerable())
        {
            done += result.Scores.Count;
            // As often as there are batches.
            if ((result.Number + 1) % 64 == 0)
                watcher.Report(new WorkProgress(done, 0));
        }
        watcher.Report(new WorkProgress(done, done));
    }

    private static void Score(TokenEmbeddingStore store, DcsmHead head, Watcher watcher)
    {
        using (store)
        {
            long done = 0;
            foreach (ImageScores image in new DcsmStoreScorer(store, head).Score())
                watcher.Report(new WorkProgress(done += image.Scores.Count, store.Info.Images * (long)store.Info.Captions));
        }
    }

    private sealed class Watcher(Action<long> watch) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => watch(value.Done);
    }
}
