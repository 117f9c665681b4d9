using System.Threading.Channels;
using TorchSharp;

namespace Dcsm.Training.Pretraining;

/// <summary>What a CLIP is pre-trained on: its words, its batches, and what it is asked along the way.</summary>
internal abstract class ClipPretrainingSource(ClipPretrainingOptions options)
{
    /// <summary>openai/CLIP's channel means and standard deviations.</summary>
    public static readonly float[] Mean = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <inheritdoc cref="Mean"/>
    public static readonly float[] Std = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>What captions are split into.</summary>
    public abstract BpeTrainer Vocabulary { get; }

    /// <summary>The words that the CLIP reads in training.</summary>
    public abstract IEnumerable<string> Words { get; }

    /// <summary>What it is, so that a run goes on with the same alone.</summary>
    public abstract string Description { get; }

    /// <summary>What a person should know of it.</summary>
    public virtual IReadOnlyList<string> Remarks => [];

    /// <summary>The batch of one step: a function of the seed and the step alone.</summary>
    public abstract ClipPretrainingBatch Make(int step);

    /// <summary>Adds figures to a report.</summary>
    public abstract ClipPretrainingProgress Evaluate(TorchClip clip, ClipPretrainingProgress progress);

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

    /// <summary>[pictures, patches, 3·P·P] as a tensor.</summary>
    public torch.Tensor PatchTensor(float[] patches)
    {
        long grid = options.ImageSize / options.PatchSize,
            values = 3L * options.PatchSize * options.PatchSize;
        return torch.tensor(patches, [patches.Length / (grid * grid * values), grid * grid, values]);
    }

    /// <summary>Pictures as normalized patches, [pictures, patches, 3·P·P].</summary>
    /// <param name="count">How many.</param>
    /// <param name="picture">Gives one, [S, S, 3]; asked in order, and not kept.</param>
    protected float[] Patches(int count, Func<int, byte[]> picture)
    {
        int side = options.ImageSize,
            patch = options.PatchSize,
            grid = side / patch;
        float[] patches = new float[count * 3 * side * side];
        for (int n = 0; n < count; n++)
        {
            byte[] rgb = picture(n);
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

    /// <summary>Pads captions to the longest of them.</summary>
    /// <param name="captions">Tokens from the start token to the end token, and whether each names something to be seen.</param>
    protected static (long[] Ids, int Length, long[] Ends, float[] Weights) Pad(IReadOnlyList<(long Id, bool Content)[]> captions)
    {
        int length = captions.Count == 0 ? 0 : captions.Max(caption => caption.Length);
        long[] flat = new long[captions.Count * length],
            ends = new long[captions.Count];
        float[] weights = new float[captions.Count * length];
        for (int i = 0; i < captions.Count; i++)
        {
            (long Id, bool Content)[] caption = captions[i];
            int counted = caption.Count(token => token.Content);
            for (int t = 0; t < length; t++)
            {
                flat[(i * length) + t] = caption[Math.Min(t, caption.Length - 1)].Id;
                weights[(i * length) + t] = t < caption.Length && caption[t].Content ? 1f / counted : 0;
            }
            ends[i] = (i * length) + caption.Length - 1;
        }
        return (flat, length, ends, weights);
    }
}
