using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Works;
using Dcsm.Clip;
using Dcsm.Evaluation.Pictures;
using Dcsm.Internals;
using Dcsm.Training;

namespace Dcsm.Benchmarks;

/// <summary><c>growth</c>: how the cost grows with captions per image, and an epoch's with the number of scenes.</summary>
internal static class GrowthCommand
{
    private const string Usage = "growth [--markdown FILE] [--plot FILE.png]";

    public static int Run(string[] args)
    {
        string? markdown = null, plot = null;
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value: {Usage}");
            (markdown, plot) = args[i] switch
            {
                "--markdown" => (value, plot),
                "--plot" => (markdown, value),
                _ => throw new ArgumentException($"{args[i]} is not an option: {Usage}"),
            };
        }

        var text = new StringBuilder("| captions an image | pairs/s | ms an image |\n|---:|---:|---:|\n");
        DcsmHead head = Inputs.Head();
        ImageEncoding images = Inputs.Images(4);
        var pairs = new List<(double X, double Y)>();
        foreach (int captions in new[] { 1, 10, 100, 1000, 10_000 })
        {
            TextEncoding texts = Inputs.Captions(captions);
            double seconds = Alternation.Run(captions > 1000 ? 1 : 5, captions > 1000 ? 0.01 : 0.1, () => head.Score(images, texts))[0].Median;
            pairs.Add((captions, images.Tokens.Count * captions / seconds));
            text.Append(CultureInfo.InvariantCulture, $"| {captions:#,0} | {pairs[^1].Y:#,0} | {seconds / images.Tokens.Count * 1000:0.0} |\n");
        }

        text.Append("\n| scenes a stream | steps an epoch | seconds an epoch, embeddings at hand |\n|---:|---:|---:|\n");
        TorchNative.EnsureLoaded();
        using var training = new OwnTraining();
        training.Step(0);
        training.Step(1);
        var epochs = new List<(double X, double Y)>();
        foreach (int scenes in new[] { 8, 32, 128 })
        {
            int steps = scenes / OfficialBatch.Samples;
            long start = Stopwatch.GetTimestamp();
            for (int step = 0; step < steps; step++)
                training.Step(step);
            epochs.Add((scenes, Stopwatch.GetElapsedTime(start).TotalSeconds));
            text.Append(CultureInfo.InvariantCulture, $"| {scenes} | {steps} | {epochs[^1].Y:0.00} |\n");
        }

        Console.Write(text);
        if (markdown is not null)
            AtomicFile.Write(markdown, Encoding.UTF8.GetBytes(text.ToString()));
        if (plot is not null)
        {
            LineChartPicture.Write(plot,
            [
                new LineChart("Scored pairs a second", "captions an image", [new LineChartSeries("pairs/s", pairs, Dots: true)], "#,0") { LogarithmicX = true },
                new LineChart("Seconds an epoch", "scenes a stream", [new LineChartSeries("seconds", epochs, Dots: true)], "0.0") { LogarithmicX = true, LogarithmicY = true },
            ]);
        }
        return 0;
    }
}
