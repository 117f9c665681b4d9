using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Peers;
using Dcsm.Benchmarks.Works;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pictures;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks.Commands;

/// <summary><c>growth</c>: how the cost grows with captions per image, and an epoch's with the number of scenes.</summary>
internal static class GrowthCommand
{
    private const int Images = 4,
        CaptionsAtATime = 100;

    public static Command Create()
    {
        Option<string?> markdown = CommonOptions.Markdown();
        Option<string?> plot = CommonOptions.OutputFile("--plot", "File for a picture of both, PNG.");
        Command command = new("growth", "How the cost grows with captions per image, and an epoch's with the number of scenes.")
        {
            markdown,
            plot,
        };
        command.SetAction(parse => Run(parse.GetValue(markdown), parse.GetValue(plot)));
        return command;
    }

    private static void Run(string? markdown, string? plot)
    {
        TorchNative.EnsureLoaded();
        torch.set_num_threads(Environment.ProcessorCount);
        var text = new StringBuilder();
        (LineChartSeries pairs, LineChartSeries peerPairs) = Scores(text);
        text.Append('\n');
        (LineChartSeries epochs, LineChartSeries peerEpochs) = Epochs(text);
        Console.Write(text);
        if (markdown is not null)
            AtomicFile.Write(markdown, text.ToString());
        if (plot is null)
            return;
        LineChartPicture.Write(
            plot,
            [
                new LineChart("Scored pairs a second", "captions an image", [pairs, peerPairs], "#,0") { LogarithmicX = true },
                new LineChart("Seconds an epoch", "scenes a data set", [epochs, peerEpochs], "0.0")
                {
                    LogarithmicX = true,
                    LogarithmicY = true,
                },
            ]
        );
    }

    private static (LineChartSeries Ours, LineChartSeries Peer) Scores(StringBuilder text)
    {
        text.Append("| captions an image | pairs/s | libtorch, pairs/s | ms an image |\n|---:|---:|---:|---:|\n");
        DcsmHead head = Inputs.Head();
        ImageEncoding images = Inputs.Images(Images);
        using var official = new OfficialHead(head);
        using Tensor imageTokens = tensor(images.Tokens.Values.ToArray(), [Images, Inputs.ImageTokens, Inputs.Dimension]);
        List<(double X, double Y)> pairs = [],
            peerPairs = [];
        foreach (int captions in new[] { 1, 10, 100, 1000, 10_000 })
        {
            TextEncoding texts = Inputs.Captions(captions);
            using Tensor textTokens = tensor(texts.Tokens.Values.ToArray(), [captions, Inputs.TextTokens, Inputs.Dimension]);
            string[] words = [.. texts.Texts.Select(caption => caption.Text)];
            // The peer, which takes image by image, is spared the other images where they would take minutes.
            int peerImages = captions > 1000 ? 1 : Images;
            using Tensor fewer = imageTokens.narrow(0, 0, peerImages);
            Samples[] samples = Alternation.Run(
                captions > 1000 ? 3 : 5,
                0.1,
                () => head.Score(images, texts),
                () => OfficialScores(official, fewer, textTokens, words)
            );
            pairs.Add((captions, Images * captions / samples[0].Median));
            peerPairs.Add((captions, peerImages * captions / samples[1].Median));
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {captions:#,0} | {pairs[^1].Y:#,0} | {peerPairs[^1].Y:#,0} | {samples[0].Median / Images * 1000:0.0} |\n"
            );
        }
        return (Ours(pairs), Libtorch(peerPairs));
    }

    private static (LineChartSeries Ours, LineChartSeries Peer) Epochs(StringBuilder text)
    {
        text.Append("| scenes a data set | steps an epoch | seconds an epoch, embeddings at hand | libtorch |\n|---:|---:|---:|---:|\n");
        using var training = new OwnTraining();
        using var officialTraining = new OfficialHead(training.Head);
        void PeerStep(int step) => officialTraining.Train(training.Batches[step % OwnTraining.Count].Official, OfficialBatch.Sets);
        training.Step(0);
        training.Step(1);
        PeerStep(0);
        List<(double X, double Y)> epochs = [],
            peerEpochs = [];
        foreach (int scenes in new[] { 8, 32, 128 })
        {
            int steps = scenes / OfficialBatch.Samples;
            epochs.Add((scenes, Seconds(steps, step => training.Step(step))));
            peerEpochs.Add((scenes, Seconds(steps, PeerStep)));
            text.Append(CultureInfo.InvariantCulture, $"| {scenes} | {steps} | {epochs[^1].Y:0.0} | {peerEpochs[^1].Y:0.0} |\n");
        }
        return (Ours(epochs), Libtorch(peerEpochs));
    }

    private static LineChartSeries Ours(List<(double X, double Y)> points) => new("Dcsm", points, Dots: true);

    private static LineChartSeries Libtorch(List<(double X, double Y)> points) => new("libtorch", points, Dots: true);

    // The published code has all captions in one batch; 10,000 would take gigabytes, and be slower.
    private static void OfficialScores(OfficialHead official, Tensor images, Tensor texts, string[] words)
    {
        for (int first = 0; first < words.Length; first += CaptionsAtATime)
        {
            int count = Math.Min(CaptionsAtATime, words.Length - first);
            using Tensor batch = texts.narrow(0, first, count);
            official.Score(images, batch, words[first..(first + count)], 1);
        }
    }

    private static double Seconds(int steps, Action<int> step)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            step(i);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
