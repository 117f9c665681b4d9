using System.CommandLine;
using System.Globalization;
using Dcsm.Benchmarks.Compare;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Scoring;
using Dcsm.Scoring.Engines;

namespace Dcsm.Benchmarks.Commands;

/// <summary>
/// <c>gpu</c>: towers and head by ONNX Runtime on a device, checked against the processor, and how fast they are beside PyTorch there.
/// </summary>
internal static class GpuCommand
{
    // Tokens have unit length; logits of the head by formula are of the order of one.
    private const double TokensApart = 1e-3,
        HalfTokensApart = 1e-2,
        ScoresApart = 1e-4;
    private const double Seconds = 0.5;

    public static Command Create()
    {
        Option<string> device = new("--device")
        {
            Description = "cuda, cuda:N, or cpu: the same graphs on the processor, to see that all of it runs.",
            HelpName = "DEVICE",
            DefaultValueFactory = _ => "cuda",
        };
        Option<int> batch = CommonOptions.Count("--batch", "Pictures at a time.", 128);
        Option<int> runs = CommonOptions.Count("--runs", "How often each is measured; medians are shown.", 5);
        Command command = new("gpu", "Towers and head on a graphics card: equal to the processor's, and how fast.") { device, batch, runs };
        command.SetAction(parse =>
        {
            ClipDevice on =
                ClipDevice.TryParse(parse.GetValue(device)!)
                ?? throw new ArgumentException($"--device {parse.GetValue(device)}: cuda, cuda:N or cpu is meant");
            Run(on, parse.GetValue(batch), parse.GetValue(runs));
        });
        return command;
    }

    private static void Run(ClipDevice device, int batch, int runs)
    {
        using var python = PythonPeer.Start(device == ClipDevice.Cpu ? "cpu" : $"cuda:{device.CudaNumber ?? 0}");
        Console.WriteLine($"| work on {device} | most apart from the processor | Dcsm | {python?.Version ?? "PyTorch"} |");
        Console.WriteLine("|---|---:|---:|---:|");
        Pairs(device, runs, python);
        Pictures(device, batch, runs, python);
    }

    private static void Pairs(ClipDevice device, int runs, PythonPeer? python)
    {
        const int Count = 64;
        DcsmHead head = Inputs.Head();
        ImageEncoding images = Inputs.Images(Count);
        TextEncoding captions = Inputs.Captions(Count);
        float[] expected = [.. head.Score(images, captions).Cast<float>()];
        Samples? peer = null;
        if (python is not null)
        {
            Session.Equal("pairs, Python", expected, python.Check("pairs", images, captions, head, together: Count), ScoresApart);
            peer = Alternation.Run(runs, Seconds, () => python.Run("pairs"))[0];
        }

        foreach (bool half in (bool[])[false, true])
        {
            using OnnxScoreEngine engine =
                OnnxScoreEngine.Create(head.Config, head.Weights, device, half)
                ?? throw new InvalidDataException($"--device {device}: there is no graphics card");
            var scoring = new EncodedPairScorer(head, engine, 0, default);
            float[] found = [.. scoring.All(images, captions).Cast<float>()];
            if (!half)
                Session.Equal($"pairs, {device}", expected, found, ScoresApart);
            Samples own = Alternation.Run(runs, Seconds, () => scoring.All(images, captions))[0];
            Row(
                $"pairs/s, {Count} images × {Count} captions, float{(half ? 16 : 32)}",
                Apart(expected, found),
                own,
                half ? null : peer,
                Count * Count
            );
        }
    }

    private static void Pictures(ClipDevice device, int batch, int runs, PythonPeer? python)
    {
        string folder = GoldenFiles.Path("clip-full", "clip-vit-base-patch16");
        var formula = FormulaTensors.Read(Path.Combine(folder, "formula.json"));
        using var directory = FormulaClip.Write(folder);
        float[] pixels = Inputs.Pixels(batch);
        const int Few = 4;
        float[] few = pixels[..(Math.Min(Few, batch) * pixels.Length / batch)];
        float[] expected;
        using (var processor = ClipModel.Load(directory.Directory))
            expected = processor.EncodePixels(few, Math.Min(Few, batch)).Tokens.Values.ToArray();
        foreach (ClipPrecision precision in (ClipPrecision[])[ClipPrecision.Float32, ClipPrecision.Float16])
        {
            bool half = precision == ClipPrecision.Float16;
            using var clip = ClipModel.Load(
                directory.Directory,
                new ClipOptions
                {
                    Device = device,
                    BatchSize = batch,
                    Precision = precision,
                }
            );
            float[] found = clip.EncodePixels(few, Math.Min(Few, batch)).Tokens.Values.ToArray();
            Session.Equal($"pictures, {device}, {precision}", expected, found, half ? HalfTokensApart : TokensApart);
            Samples own = Alternation.Run(runs, Seconds, () => clip.EncodePixels(pixels, batch))[0];
            Samples? peer = null;
            // Older PyTorch has no 16-bit layers on processors.
            if (python is not null && !(half && device == ClipDevice.Cpu))
            {
                string work = $"images{batch}{(half ? "16" : "")}";
                python.CheckPictures(work, formula, clip.Config.Vision, pixels, batch, half);
                peer = Alternation.Run(runs, Seconds, () => python.Run(work))[0];
            }

            string name = $"pictures/s, ViT-B/16 {precision.ToString().ToLowerInvariant()}, {batch} at a time";
            Row(name, Apart(expected, found), own, peer, batch);
        }
    }

    private static double Apart(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max();

    private static void Row(string work, double apart, Samples own, Samples? peer, int amount) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {work} | {apart:0.0e0} | {amount / own.Median:0.0} | {(peer is null ? "–" : $"{amount / peer.Median:0.0}")} |"
            )
        );
}
