using System.Threading.Channels;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Numerics.RandomNumbers;
using TorchSharp;

namespace Dcsm.Training.Pretraining;

/// <summary>Draws, captions and tokenizes the batches of a pre-training run.</summary>
internal sealed class ClipPretrainingBatches(
    ClipPretrainingOptions options,
    ObjectLibrary library,
    SceneRenderer renderer,
    BpeTrainer vocabulary
)
{
    /// <summary>openai/CLIP's channel means and standard deviations.</summary>
    public static readonly float[] Mean = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <inheritdoc cref="Mean"/>
    public static readonly float[] Std = [0.26862954f, 0.26130258f, 0.27577711f];

    private readonly ClipPretrainingWorld _world = new(library);
    private readonly ClipPretrainingCaptions _captions = new(library);
    private readonly int _start = vocabulary.Vocabulary[BpeTrainer.StartToken];
    private readonly int _end = vocabulary.Vocabulary[BpeTrainer.EndToken];

    /// <summary>The batches from a step on, made ahead by one background task.</summary>
    public async IAsyncEnumerable<ClipPretrainingBatch> From(
        int step,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var queue = Channel.CreateBounded<ClipPretrainingBatch>(4);
        var producer = Task.Run(
            async () =>
            {
                try
                {
                    for (int s = step; s < options.Steps; s++)
                        await queue.Writer.WriteAsync(Make(s), cancellationToken).ConfigureAwait(false);
                    queue.Writer.Complete();
                }
                catch (Exception error)
                {
                    queue.Writer.Complete(error);
                    throw;
                }
            },
            cancellationToken
        );
        await foreach (ClipPretrainingBatch batch in queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return batch;
        await producer.ConfigureAwait(false);
    }

    /// <summary>The batch of one step: a function of the seed and the step alone.</summary>
    public ClipPretrainingBatch Make(int step)
    {
        bool singlesOnly = step < options.SingleObjectShare * options.Steps;
        var scenes = new Scene[options.BatchSize];
        string[][] sparse = new string[options.BatchSize][];
        string[][] full = new string[options.DenseBatchSize][];
        for (int i = 0; i < scenes.Length; i++)
        {
            var random = new SceneRandom(options.Seed, (ulong)step, (ulong)i);
            scenes[i] = !singlesOnly && random.NextDouble() < options.ManyObjectShare ? _world.Many(ref random) : _world.Single(ref random);
            sparse[i] = _captions.Sparse(scenes[i], ref random);
            if (i < full.Length)
                full[i] = _captions.Full(scenes[i], ref random);
        }
        (long[] sparseIds, int sparseLength, long[] ends, _) = Tokenize(sparse);
        (long[] fullIds, int fullLength, _, float[] weights) = Tokenize(full);
        return new ClipPretrainingBatch(Patches(scenes), sparseIds, sparseLength, ends, fullIds, fullLength, weights);
    }

    /// <summary>Renders scenes into normalized patches, [scenes, patches, 3·P·P].</summary>
    public float[] Patches(IReadOnlyList<Scene> scenes)
    {
        int side = options.ImageSize,
            patch = options.PatchSize,
            grid = side / patch;
        float[] patches = new float[scenes.Count * 3 * side * side];
        byte[] rgb = new byte[side * side * 3];
        for (int n = 0; n < scenes.Count; n++)
        {
            renderer.Render(scenes[n], rgb);
            int offset = n * 3 * side * side;
            for (int y = 0; y < side; y++)
            {
                for (int x = 0; x < side; x++)
                {
                    int cell = (y / patch * grid) + (x / patch);
                    int inside = (y % patch * patch) + (x % patch);
                    for (int c = 0; c < 3; c++)
                    {
                        patches[offset + ((cell * 3 + c) * patch * patch) + inside] =
                            ((rgb[((y * side) + x) * 3 + c] / 255f) - Mean[c]) / Std[c];
                    }
                }
            }
        }
        return patches;
    }

    /// <inheritdoc cref="Patches"/>
    public torch.Tensor PatchTensor(IReadOnlyList<Scene> scenes) => PatchTensor(Patches(scenes));

    /// <summary>[scenes, patches, 3·P·P] as a tensor.</summary>
    public torch.Tensor PatchTensor(float[] patches)
    {
        long grid = options.ImageSize / options.PatchSize,
            values = 3L * options.PatchSize * options.PatchSize;
        return torch.tensor(patches, [patches.Length / (grid * grid * values), grid * grid, values]);
    }

    /// <summary>Pads captions to the longest of them.</summary>
    public (long[] Ids, int Length, long[] Ends, float[] Weights) Tokenize(IReadOnlyList<string[]> captions)
    {
        var ids = new List<long>[captions.Count];
        var content = new List<bool>[captions.Count];
        for (int i = 0; i < captions.Count; i++)
        {
            ids[i] = [_start];
            content[i] = [false];
            foreach (string word in captions[i])
            {
                foreach (int id in vocabulary.Encode(word))
                {
                    ids[i].Add(id);
                    content[i].Add(!ClipPretrainingCaptions.IsFunctionWord(word));
                }
            }

            if (ids[i].Count >= options.ContextLength)
            {
                ids[i].RemoveRange(options.ContextLength - 1, ids[i].Count - options.ContextLength + 1);
                content[i].RemoveRange(options.ContextLength - 1, content[i].Count - options.ContextLength + 1);
            }
            ids[i].Add(_end);
            content[i].Add(false);
        }
        int length = ids.Length == 0 ? 0 : ids.Max(i => i.Count);
        long[] flat = new long[captions.Count * length];
        float[] weights = new float[captions.Count * length];
        long[] ends = new long[captions.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            int counted = content[i].Count(c => c);
            for (int t = 0; t < length; t++)
            {
                flat[(i * length) + t] = t < ids[i].Count ? ids[i][t] : _end;
                weights[(i * length) + t] = t < ids[i].Count && content[i][t] ? 1f / counted : 0;
            }
            ends[i] = (i * length) + ids[i].Count - 1;
        }
        return (flat, length, ends, weights);
    }
}
