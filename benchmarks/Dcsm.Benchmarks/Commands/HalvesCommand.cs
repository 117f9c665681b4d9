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

/// <summary><c>halves</c>: what scores lose when embeddings are stored as float16 or int8.</summary>
internal static class HalvesCommand
{
    public static Command Create()
    {
        Option<int> samples = CommonOptions.Count("--samples", "Scenes to score.", 400);
        Option<string?> markdown = CommonOptions.Markdown();
        Command command = new("halves", "What scores lose when embeddings are stored as float16 or int8.") { samples, markdown };
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
            input = input with { EncodedCaptions = head.Config.Read(input.Captions) };
            (string Name, TensorType Type)[] types = [("float32", TensorType.F32), ("float16", TensorType.F16), ("int8", TensorType.I8)];
            (string Name, float[] Scores, long Bytes)[] stores =
            [
                .. types.Select(type =>
                {
                    float[] scores = Score(Path.Combine(folder.FullName, type.Name), clip, head, input, type.Type, out long bytes);
                    return (type.Name, scores, bytes);
                }),
            ];
            string table = Describe(stores, input);
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
        bytes =
            (long)store.Info.ImageTokens * ((store.Info.Type.Size() * store.Info.Dimension) + (type == TensorType.I8 ? sizeof(float) : 0));
        return new DcsmStoreScorer(store, head).ScorePairs();
    }

    private static string Describe((string Name, float[] Scores, long Bytes)[] stores, EmbeddingStoreInput input)
    {
        float[] whole = stores[0].Scores;
        double mean = whole.Average(score => (double)score);
        double deviation = Math.Sqrt(whole.Average(score => (score - mean) * (score - mean)));
        bool[] before = [.. Choices(whole, input)];
        string Row(string what, Func<(string Name, float[] Scores, long Bytes), FormattableString> cell) =>
            $"| {what} | {string.Join(" | ", stores.Select(store => cell(store).ToString(CultureInfo.InvariantCulture)))} |\n";
        double[] Differences(float[] scores) => [.. whole.Zip(scores, (a, b) => Math.Abs((double)a - b))];
        return Row("", store => $"{store.Name}")
            + $"|---|{string.Concat(stores.Select(_ => "---:|"))}\n"
            + Row("bytes of an image", store => $"{store.Bytes:#,0}")
            + Row(
                string.Create(CultureInfo.InvariantCulture, $"right captions of {before.Length:#,0}"),
                store => $"{Choices(store.Scores, input).Count(right => right):#,0}"
            )
            + Row("changed choices", store => $"{Choices(store.Scores, input).Zip(before).Count(pair => pair.First != pair.Second)}")
            + Row(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"largest difference of {whole.Length:#,0} scores (standard deviation {deviation:0.00})"
                ),
                store => $"{Differences(store.Scores).Max():0.0000}"
            )
            + Row("mean difference", store => $"{Differences(store.Scores).Average():0.00000}");
    }

    // An image's paraphrase of its own scene against that of the opposite one: [images, 2 paraphrases].
    private static IEnumerable<bool> Choices(float[] scores, EmbeddingStoreInput input)
    {
        for (int image = 0; image < input.Images.Count; image++)
        {
            for (int paraphrase = 0; paraphrase < 2; paraphrase++)
            {
                (int own, int other) =
                    image % 2 == 0
                        ? ((4 * image) + paraphrase, (4 * image) + 2 + paraphrase)
                        : ((4 * image) + 2 + paraphrase, (4 * image) + paraphrase);
                yield return scores[own] > scores[other];
            }
        }
    }
}
