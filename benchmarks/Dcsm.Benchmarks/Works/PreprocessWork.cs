using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Peers;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Pictures;

namespace Dcsm.Benchmarks.Works;

/// <summary>A JPEG of 640 × 480 to a tensor of 3 × 224 × 224, on one thread; and on all cores beside the encoding that follows.</summary>
internal sealed class PreprocessWork : IWork
{
    public string Name => "preprocess";

    public IEnumerable<Row> Measure(Session session)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dcsm-jpeg-");
        try
        {
            string path = Path.Combine(folder.FullName, "picture.jpg");
            PictureFile.WriteJpeg(path, Picture(640, 480), 640, 480);
            var preprocessor = new ClipPreprocessor(224);
            float[] pixels = new float[3 * 224 * 224];
            void Own() => preprocessor.PreprocessFile(path, pixels);
            Own();
            // A value of a byte is 0.0146 after normalizing; fixed point and floats may round to neighbors.
            Session.Equal(Name, pixels, PlainPreprocessing.Run(path, 224), 0.016);
            const string Work = "preprocessing, JPEG 640 × 480 → 3 × 224 × 224";
            Session.Say(Work);
            var decoded = RgbImage.Load(path);
            Samples[] samples = Alternation.Run(
                session.Runs,
                0.2,
                Own,
                () => PlainPreprocessing.Run(path, 224),
                () => RgbImage.Load(path),
                () => preprocessor.Preprocess(decoded, pixels)
            );
            yield return Row.Time(
                Work,
                "plain C#",
                3,
                samples[0],
                samples[1],
                "ms",
                FormattableString.Invariant(
                    $"by itself, decoding to an image takes {samples[2].Median * 1e3:0.0} ms and the rest {samples[3].Median * 1e3:0.0} ms"
                )
            );

            const string Beside = "preprocessing on all cores, pictures/s";
            int images = 2,
                files = 8 * Environment.ProcessorCount;
            B16 b16 = session.B16;
            float[] inputs = Inputs.Pixels(images);
            float[][] outputs = [.. Enumerable.Range(0, files).Select(_ => new float[3 * 224 * 224])];
            Session.Say(Beside);
            samples = Alternation.Run(
                session.Runs,
                0.5,
                () => Parallel.For(0, files, i => preprocessor.PreprocessFile(path, outputs[i])),
                () => b16.Clip.EncodePixels(inputs, images)
            );
            Measurement prepared = samples[0].As(s => files / s),
                encoded = samples[1].As(s => images / s);
            yield return new Row(
                Beside,
                "encoding by ViT-B/16 fp32, images/s",
                prepared.Median / encoded.Median,
                null,
                prepared,
                encoded,
                "/s",
                "preprocessing limits encoding only where the ratio is below 1"
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Shades, edges and grain, about as hard to decode as a photo.</summary>
    internal static byte[] Picture(int width, int height)
    {
        var random = new Random(1);
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double shade = 90 + (60 * Math.Sin(x / 37.0) * Math.Cos(y / 23.0)) + ((((x / 80) + (y / 60)) % 2) * 50);
                int grain = random.Next(-9, 10);
                for (int c = 0; c < 3; c++)
                    rgb[(((y * width) + x) * 3) + c] = (byte)Math.Clamp(shade + (c * 12) + grain, 0, 255);
            }
        }
        return rgb;
    }
}
