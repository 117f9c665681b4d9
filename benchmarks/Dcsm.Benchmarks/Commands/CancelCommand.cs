using System.CommandLine;
using System.Diagnostics;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Data.Pictures;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Scoring;

namespace Dcsm.Benchmarks.Commands;

/// <summary><c>cancel</c>: how long a call goes on once it is canceled, at places all over its time.</summary>
internal static class CancelCommand
{
    private static readonly string Sample = Repository.Path("data", "samples", "color.png");

    public static Command Create()
    {
        Option<int> times = CommonOptions.Count("--times", "How often each call is canceled.", 40);
        Command command = new("cancel", "Measures how long calls go on once they are canceled.") { times };
        command.SetAction((parse, _) => RunAsync(parse.GetValue(times)));
        return command;
    }

    private static async Task RunAsync(int times)
    {
        Console.WriteLine("what is canceled                                      takes ms   p50 ms   most ms");
        await SmallAsync(times);
        using var directory = FormulaClip.Write(GoldenFiles.Path("clip-full", "clip-vit-base-patch16"));
        var tokenizer = ClipTokenizer.BuiltIn();
        TokenizedText[] captions = [.. Enumerable.Range(0, 64).Select(i => tokenizer.Tokenize($"a picture of thing {i}", 30))];
        ImageSource[] pictures = [.. Enumerable.Repeat((ImageSource)Sample, 8)];
        using (var clip = ClipModel.Load(directory.Directory))
        {
            await MeasureAsync("ViT-B/16, 64 captions", times, stop => clip.EncodeTokens(captions, stop));
            await MeasureAsync("ViT-B/16, 8 pictures", times, stop => clip.EncodeImages(pictures, stop));
        }
        using var int8 = ClipModel.Load(directory.Directory, new ClipOptions { Precision = ClipPrecision.Int8 });
        await MeasureAsync("ViT-B/16 in int8, 8 pictures", times, stop => int8.EncodeImages(pictures, stop));
    }

    private static async Task SmallAsync(int times)
    {
        await using DcsmScorer scorer = await DcsmScorer.LoadAsync(
            Repository.Path("data", "clip-small"),
            Repository.Path("data", "head-small")
        );
        string[] captions = [.. Enumerable.Range(0, 4096).Select(i => $"a red teapot and a blue car and thing {i}")];
        ImageSource[] pictures = [.. Enumerable.Repeat((ImageSource)Sample, 512)];
        CaptionSet encoded = scorer.Encode(captions[..64]);
        ImageEncoding images = scorer.Clip.EncodeImages(pictures[..64]);
        TextEncoding texts = scorer.Clip.EncodeTexts(captions[..512], scorer.Head.Config.TextTokens);
        (ImageSource jpeg, ImageSource png) = Large(24);
        await MeasureAsync("small CLIP, 4,096 captions", times, stop => scorer.Encode(captions, stop));
        await MeasureAsync("small CLIP, 512 pictures", times, stop => scorer.Clip.EncodeImages(pictures, stop));
        await MeasureAsync("head, 64 pictures × 512 captions", times, stop => scorer.Head.Score(images, texts, 0, stop));
        await MeasureAsync("stream of 512 pictures × 64 captions", times, stop => DrainAsync(scorer.ScoreAsync(pictures, encoded, stop)));
        await MeasureAsync("one picture × 4,096 captions, ScoreAsync", times, stop => scorer.ScoreAsync(Sample, captions, stop));
        await MeasureAsync("one JPEG of 24 megapixels, ScoreAsync", times, stop => scorer.ScoreAsync(jpeg, encoded, stop));
        await MeasureAsync("one JPEG of 24 megapixels, Score", times, stop => scorer.Score(jpeg, encoded, stop));
        await MeasureAsync("one PNG of 24 megapixels, Score", times, stop => scorer.Score(png, encoded, stop));
    }

    private static async Task DrainAsync(IAsyncEnumerable<ImageResult> results)
    {
        await foreach (ImageResult result in results)
            result.ThrowIfFailed();
    }

    private static Task MeasureAsync(string name, int times, Action<CancellationToken> call) =>
        MeasureAsync(name, times, stop => Task.Run(() => call(stop), CancellationToken.None));

    private static async Task MeasureAsync(string name, int times, Func<CancellationToken, Task> call)
    {
        await call(CancellationToken.None);
        long begin = Stopwatch.GetTimestamp();
        await call(CancellationToken.None);
        TimeSpan whole = Stopwatch.GetElapsedTime(begin);
        var late = new List<double>();
        for (int i = 0; i < times; i++)
        {
            using var stop = new CancellationTokenSource();
            Task running = call(stop.Token);
            await Task.Delay(whole * ((i + 0.5) / times), CancellationToken.None);
            long start = Stopwatch.GetTimestamp();
            await stop.CancelAsync();
            try
            {
                await running;
            }
            catch (OperationCanceledException)
            {
                late.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        late.Sort();
        Console.WriteLine(
            FormattableString.Invariant($"{name, -52}  {whole.TotalMilliseconds, 8:0}  {late[late.Count / 2], 7:0.0}  {late[^1], 8:0.0}")
        );
    }

    /// <summary>A picture with something in it everywhere, as two files.</summary>
    private static (ImageSource Jpeg, ImageSource Png) Large(int megapixels)
    {
        (int width, int height) = (6000, megapixels * 1_000_000 / 6000);
        byte[] rgb = new byte[3 * width * height];
        var random = new SplitMix64(1, 0);
        for (int i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)((i / 3 % width / 24) + (int)(random.NextUInt64() >> 61));
        using var folder = new TemporaryFolder();
        PictureFile.WriteJpeg(folder["a.jpg"], rgb, width, height);
        PictureFile.WritePng(folder["a.png"], rgb, width, height, compression: 1);
        return (
            ImageSource.FromBytes(File.ReadAllBytes(folder["a.jpg"]), "JPEG"),
            ImageSource.FromBytes(File.ReadAllBytes(folder["a.png"]), "PNG")
        );
    }
}
