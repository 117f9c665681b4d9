using System.CommandLine;
using System.Globalization;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.IO.Tensors;
using Dcsm.Scoring;

namespace Dcsm.Benchmarks.Commands;

/// <summary><c>halves</c>: what scores lose when embeddings are stored as float16.</summary>
internal static class HalvesCommand
{
    public static Command Create()
    {
        Option<int> samples = CommonOptions.Count("--samples", "Scenes to score.", 400);
        Option<string?> markdown = CommonOptions.Markdown();
        Command command = new("halves", "What scores lose when embeddings are stored as float16.") { samples, markdown };
        command.SetAction(parse => Run(parse.GetValue(samples), parse.GetValue(markdown)));
        return command;
    }

    private static void Run(int samples, string? markdown)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dcsm-halves-");
        try
        {
            using var clip = ClipModel.Load(Repository.Path("data", "clip-small"));
            var head = DcsmHead.Load(Repository.Path("data", "head-small"));
            EmbeddingStoreInput input = Draw(folder.FullName, clip.ImageSize, samples);
            float[] whole = Score(Path.Combine(folder.FullName, "whole"), clip, head, input, TensorType.F32, out long wholeBytes);
            float[] halves = Score(Path.Combine(folder.FullName, "halves"), clip, head, input, TensorType.F16, out long halfBytes);
            string table = Describe(whole, halves, wholeBytes, halfBytes, input);
            Console.Write(table);
            if (markdown is not null)
                AtomicFile.Write(markdown, table);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Of each sample both images with all four captions.
    private static EmbeddingStoreInput Draw(string folder, int size, int samples)
    {
        var library = ObjectLibrary.Load(Repository.Path("data", "objects"));
        // The objects that the CLIP knows, divided as for the head that ships.
        string[] names = [.. File.ReadAllLines(Repository.Path("data", "clip-small", "objects.txt")).Where(name => name.Length > 0)];
        var sampler = new SceneSampler(library, SceneSplit.Create(names, 1));
        var renderer = new SceneRenderer(library, size);
        byte[] rgb = new byte[size * size * 3];
        List<ImageToEncode> images = [];
        List<string> captions = [];
        List<StoredPair> pairs = [];
        for (int i = 0; i < samples; i++)
        {
            SceneSample sample = sampler.Sample((SceneKind)(i % 4), SplitPart.UnseenObjects, 20_002, i);
            foreach (Scene scene in new[] { sample.Image, sample.Opposite })
            {
                renderer.Render(scene, rgb);
                string path = Path.Combine(folder, $"{images.Count}.png");
                PictureFile.WritePng(path, rgb, size, size);
                for (int caption = 0; caption < 4; caption++)
                    pairs.Add(new StoredPair(pairs.Count, images.Count, captions.Count + caption));
                images.Add(new ImageToEncode(path, path));
            }
            captions.AddRange(sample.Captions);
            captions.AddRange(sample.OppositeCaptions);
        }
        return new EmbeddingStoreInput
        {
            Images = images,
            Captions = captions,
            Pairs = pairs,
        };
    }

    private static float[] Score(
        string directory,
        ClipModel clip,
        DcsmHead head,
        EmbeddingStoreInput input,
        TensorType type,
        out long bytes
    )
    {
        TokenEmbeddingStore.Write(directory, clip, input, new EmbeddingStoreOptions { Type = type, TextTokens = head.Config.TextTokens });
        using var store = TokenEmbeddingStore.Open(directory);
        bytes = (long)store.Info.Type.Size() * store.Info.ImageTokens * store.Info.Dimension;
        return new DcsmStoreScorer(store, head).ScorePairs();
    }

    private static string Describe(float[] whole, float[] halves, long wholeBytes, long halfBytes, EmbeddingStoreInput input)
    {
        double[] differences = [.. whole.Zip(halves, (a, b) => Math.Abs((double)a - b))];
        double mean = whole.Average(score => (double)score);
        double deviation = Math.Sqrt(whole.Average(score => (score - mean) * (score - mean)));
        // An image's paraphrase of its own scene against that of the opposite one: [images, 2 paraphrases].
        int choices = 0,
            changed = 0,
            right = 0,
            rightHalves = 0;
        for (int image = 0; image < input.Images.Count; image++)
        {
            for (int paraphrase = 0; paraphrase < 2; paraphrase++)
            {
                (int own, int other) =
                    image % 2 == 0
                        ? ((4 * image) + paraphrase, (4 * image) + 2 + paraphrase)
                        : ((4 * image) + 2 + paraphrase, (4 * image) + paraphrase);
                bool before = whole[own] > whole[other],
                    after = halves[own] > halves[other];
                choices++;
                changed += before != after ? 1 : 0;
                right += before ? 1 : 0;
                rightHalves += after ? 1 : 0;
            }
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            | | float32 | float16 |
            |---|---:|---:|
            | bytes of an image | {wholeBytes:#,0} | {halfBytes:#,0} |
            | right captions of {choices:#,0} | {right:#,0} | {rightHalves:#,0} |
            | changed choices | | {changed} |
            | largest difference of {whole.Length:#,0} scores (standard deviation {deviation:0.00}) | | {differences.Max():0.0000} |
            | mean difference | | {differences.Average():0.00000} |

            """
        );
    }
}
