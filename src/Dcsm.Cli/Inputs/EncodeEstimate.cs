using System.Diagnostics;
using System.Globalization;
using Dcsm.Cli.Output;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.IO.Tensors;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Inputs;

/// <summary>What the encoding of a list will take, by a few of its pictures.</summary>
internal static class EncodeEstimate
{
    private const int MostSamples = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly int[] Parts = [1, 8, 64, 512];

    /// <summary>Encodes a few pictures of a list, and tells what all of them take.</summary>
    public static void Show(
        EmbeddingStoreInput input,
        ClipModel clip,
        EmbeddingStoreOptions options,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        long scale = options.Type == TensorType.I8 ? sizeof(float) : 0,
            files = input.Images.Sum(image => ContainedFile.Length(image.Path) ?? 0),
            token = (clip.Dimension * options.Type.Size()) + scale,
            image = clip.ImageTokens * token,
            caption = (options.TextTokens * token) + (clip.Dimension * (scale > 0 ? sizeof(float) : options.Type.Size())),
            store = (input.Images.Count * image) + (input.Captions.Count * caption);
        double perSecond = input.Images.Count == 0 ? double.NaN : Measure(input, clip, cancellationToken);
        double seconds = input.Images.Count == 0 ? 0 : input.Images.Count / perSecond;
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    images = input.Images.Count,
                    captions = input.Captions.Count,
                    imagesPerSecond = double.IsFinite(perSecond) ? Math.Round(perSecond, 2) : (double?)null,
                    seconds = Math.Round(seconds),
                    bytesOfFiles = files,
                    bytesOfAPicture = image,
                    bytesOfACaption = caption,
                    bytes = store,
                    processors = Environment.ProcessorCount,
                }
            );
            return;
        }

        TableView.Show(
            terminal,
            new Table(
                "",
                [new("parts, each as this machine"), new("time", AlignRight: true), new("written a second and part", AlignRight: true)],
                [
                    .. Parts.Select(parts => new TableRow([
                        parts.ToString(CultureInfo.InvariantCulture),
                        ProgressPace.Span(TimeSpan.FromSeconds(seconds / parts)),
                        double.IsFinite(perSecond) ? Bytes(perSecond * image) : "–",
                    ])),
                ],
                [
                    $"{NumberText.Count(input.Images.Count, "picture")} ({Bytes(files)} of files) and "
                        + $"{NumberText.Count(input.Captions.Count, "caption")} become {Bytes(store)}: {image} bytes a picture, {caption} "
                        + "a caption.",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Measured now, on some of the pictures: {perSecond:0.#} a second on {Environment.ProcessorCount} processors."
                    ),
                ]
            )
        );
    }

    // From all over the list; pictures that can't be read take the time of those that can, for they are looked at, too.
    private static double Measure(EmbeddingStoreInput input, ClipModel clip, CancellationToken cancellationToken)
    {
        int samples = Math.Min(MostSamples, input.Images.Count);
        ImageSource[] sources =
        [
            .. Enumerable
                .Range(0, samples)
                .Select(i => input.Images[(int)((long)i * input.Images.Count / samples)])
                .Select(image => ImageSource.FromFile(image.Path, image.Name)),
        ];
        int failures = 0;
        void Failed(ImageSource source, Exception error) => Interlocked.Increment(ref failures);
        // The first ones warm up.
        foreach (ImageEncoding _ in clip.EncodeImageBatches([sources[..Math.Min(2, samples)]], Failed, cancellationToken))
            continue;
        failures = 0;
        int batch = Math.Min(16, samples),
            done = 0;
        var watch = Stopwatch.StartNew();
        foreach (ImageEncoding encoding in clip.EncodeImageBatches(sources.Chunk(batch), Failed, cancellationToken))
        {
            done += encoding.Tokens.Count;
            if (watch.Elapsed > Patience)
                break;
        }

        if (failures >= done)
            throw new InvalidDataException($"none of {done} pictures that were tried can be read, such as {sources[0].Name}");
        return done / watch.Elapsed.TotalSeconds;
    }

    private static string Bytes(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        int unit = 0;
        for (; bytes >= 1000 && unit < units.Length - 1; unit++)
            bytes /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }
}
