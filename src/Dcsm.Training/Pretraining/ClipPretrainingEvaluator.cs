using Dcsm.Data.Scenes;
using Dcsm.Numerics.RandomNumbers;
using TorchSharp;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;

namespace Dcsm.Training.Pretraining;

/// <summary>Quick figures along the way; the model card's come from the exported model through ONNX Runtime.</summary>
internal sealed class ClipPretrainingEvaluator(
    ClipPretrainingOptions options,
    ObjectLibrary library,
    ClipPretrainingBatches batches,
    TorchClip clip
)
{
    private const int ColorPictures = 100;
    private const int SamplesAKind = 150;

    /// <summary>Keeps evaluation pictures apart from every training step's.</summary>
    private const ulong Stream = ulong.MaxValue;

    private readonly ClipPretrainingWorld _world = new(library);

    public ClipPretrainingEvaluation Evaluate()
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (double named, double colors) = ZeroShot();
        (double nounAuc, double backgroundAuc) = Pointing();
        double[] opposites = [.. Enum.GetValues<SceneKind>().Select(Opposites)];
        return new ClipPretrainingEvaluation(
            named,
            colors,
            opposites[(int)SceneKind.Color],
            opposites[(int)SceneKind.Size],
            opposites[(int)SceneKind.Spatial],
            opposites[(int)SceneKind.Negation],
            nounAuc,
            backgroundAuc
        );
    }

    private (double Named, double Colors) ZeroShot()
    {
        var scenes = new Scene[ClipPretrainingEvaluation.NamedPictures];
        for (int i = 0; i < scenes.Length; i++)
        {
            var random = new SceneRandom(options.Seed, Stream, (ulong)i);
            scenes[i] = _world.Single(ref random);
        }
        Tensor images = Pool(scenes);
        long[] names = Best(images, [.. library.Objects.Select(o => new[] { "a", "picture", "of", "a", o.Name })]);
        double named = Enumerable.Range(0, scenes.Length).Average(i => names[i] == scenes[i].Objects[0].Object ? 1.0 : 0);

        int[] tinted = [.. Enumerable.Range(0, scenes.Length).Where(i => scenes[i].Objects[0].Color >= 0).Take(ColorPictures)];
        double right = 0;
        foreach (int i in tinted)
        {
            string name = library.Objects[scenes[i].Objects[0].Object].Name;
            string[][] prompts = [.. SceneColors.Names.Select(c => new[] { "a", "picture", "of", "a", c, name })];
            right += Best(images.narrow(0, i, 1), prompts)[0] == scenes[i].Objects[0].Color ? 1 : 0;
        }
        return (named, right / tinted.Length);
    }

    /// <summary>Share of (picture, paraphrase) where the right caption's cosine is the higher one.</summary>
    private double Opposites(SceneKind kind)
    {
        var split = SceneSplit.Create([.. library.Objects.Select(o => o.Name)], options.Seed);
        var sampler = new SceneSampler(library, split);
        SceneSample[] samples = [.. Enumerable.Range(0, SamplesAKind).Select(i => sampler.Sample(kind, SplitPart.Train, Stream, i))];
        Tensor images = Pool([.. samples.Select(s => s.Image)]),
            opposites = Pool([.. samples.Select(s => s.Opposite)]);
        double right = 0;
        for (int paraphrase = 0; paraphrase < 2; paraphrase++)
        {
            Tensor captions = Pool([.. samples.Select(s => Words(s.Captions[paraphrase]))]);
            Tensor others = Pool([.. samples.Select(s => Words(s.OppositeCaptions[paraphrase]))]);
            right += (images * (captions - others)).sum(-1).gt(Number(0)).sum().item<long>();
            right += (opposites * (others - captions)).sum(-1).gt(Number(0)).sum().item<long>();
        }
        return right / (4 * SamplesAKind);
    }

    /// <summary>Do the words of a two-object caption point at their own object's patches?</summary>
    private (double Noun, double Background) Pointing()
    {
        int grid = options.ImageSize / options.PatchSize;
        var random = new SceneRandom(options.Seed, Stream - 1, 0);
        Scene[] scenes = [.. Enumerable.Range(0, 400).Select(_ => _world.Many(ref random)).Where(s => s.Objects.Count == 2).Take(150)];
        Tensor tokens = clip.EncodeImages(batches.PatchTensor(scenes));
        string[][] captions =
        [
            .. scenes.Select(s =>
                new[]
                {
                    "a",
                    "picture",
                    "of",
                    "a",
                    library.Objects[s.Objects[0].Object].Name,
                    "and",
                    "a",
                    library.Objects[s.Objects[1].Object].Name,
                }
            ),
        ];
        (long[] ids, int length, _, float[] weights) = batches.Tokenize(captions);
        Tensor words = clip.EncodeTexts(tensor(ids, [scenes.Length, length]));
        float[] cosines = [.. tokens.matmul(words.transpose(1, 2)).contiguous().cpu().data<float>()];
        int imageTokens = (int)tokens.shape[1];
        double noun = 0,
            background = 0;
        int counted = 0;
        for (int n = 0; n < scenes.Length; n++)
        {
            int[] content = [.. Enumerable.Range(0, length).Where(t => weights[(n * length) + t] > 0)];
            if (content.Length != 2)
                continue;
            for (int o = 0; o < 2; o++)
            {
                List<float> own = [],
                    other = [],
                    empty = [];
                for (int p = 0; p < grid * grid; p++)
                {
                    float cosine = cosines[((((long)n * imageTokens) + 1 + p) * length) + content[o]];
                    if (Covers(scenes[n].Objects[o], p, grid, 0.4f))
                        own.Add(cosine);
                    else if (Covers(scenes[n].Objects[1 - o], p, grid, 0.4f))
                        other.Add(cosine);
                    else if (!scenes[n].Objects.Any(x => Covers(x, p, grid, 0.7f)))
                        empty.Add(cosine);
                }
                if (own.Count == 0 || other.Count == 0 || empty.Count == 0)
                    continue;
                noun += Auc(own, other);
                background += Auc(own, empty);
                counted++;
            }
        }
        return (noun / counted, background / counted);
    }

    private static double Auc(List<float> high, List<float> low) =>
        high.Average(h =>
            low.Average(l =>
                h > l ? 1.0
                : h == l ? 0.5
                : 0
            )
        );

    /// <summary>Whether the middle of a patch lies within <paramref name="reach"/> sizes of the object's middle.</summary>
    private static bool Covers(PlacedObject placed, int patch, int grid, float reach)
    {
        float x = ((patch % grid) + 0.5f) / grid,
            y = ((patch / grid) + 0.5f) / grid;
        return MathF.Abs(x - placed.CenterX) < reach * placed.Size && MathF.Abs(y - placed.CenterY) < reach * placed.Size;
    }

    private long[] Best(Tensor images, string[][] prompts) => [.. images.matmul(Pool(prompts).t()).argmax(1).cpu().data<long>()];

    private Tensor Pool(string[][] captions)
    {
        (long[] ids, int length, long[] ends, _) = batches.Tokenize(captions);
        return clip.EncodeTexts(tensor(ids, [captions.Length, length])).flatten(0, 1).index_select(0, tensor(ends));
    }

    private Tensor Pool(Scene[] scenes) => clip.EncodeImages(batches.PatchTensor(scenes)).select(1, 0);

    private static string[] Words(string caption) => caption.ToLowerInvariant().Split(' ');
}
