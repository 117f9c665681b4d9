using Dcsm.Clip.Models;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Heads;
using Dcsm.Training.Samples;

namespace Dcsm.Training.Adaptation;

/// <summary>
/// The steps of an adaptation: the samples that <see cref="HeadTrainer"/> takes, in its order and its paraphrases. Images and captions
/// follow one another sample by sample, each followed by its hard negative: image i and caption i belong together.
/// </summary>
internal sealed class AdaptationBatches(ClipModel clip, IHeadTrainingSource source, AdaptationOptions options)
{
    private readonly SampleOrder _order = new(options.Seed);
    private int? _paraphrases;

    /// <summary>The samples of a step and the paraphrase of each; the streams follow one another.</summary>
    /// <param name="step">The step, from 0.</param>
    public (int Stream, long Index, int Paraphrase)[] Choose(int step)
    {
        // As the head's trainer draws them: of as many paraphrases as the first sample has.
        int most = _paraphrases ??= source.Read(0, 0).Captions.Count;
        SceneRandom random = _order.Paraphrases(step);
        var chosen = new (int, long, int)[source.Streams.Count * options.SamplesPerStream];
        for (int i = 0; i < chosen.Length; i++)
        {
            (int stream, long index) = Chosen(
                i / options.SamplesPerStream,
                ((long)step * options.SamplesPerStream) + (i % options.SamplesPerStream)
            );
            chosen[i] = (stream, index, random.NextInt(most));
        }
        return chosen;
    }

    /// <summary>Draws samples and prepares their pictures for CLIP.</summary>
    /// <returns>The samples, and their pixels [2 · samples, 3, side, side].</returns>
    /// <exception cref="InvalidDataException">One has no negative image.</exception>
    public (HeadTrainingSample[] Samples, float[] Pixels) Draw((int Stream, long Index)[] wanted)
    {
        int size = 3 * clip.ImageSize * clip.ImageSize;
        var samples = new HeadTrainingSample[wanted.Length];
        float[] pixels = new float[2 * wanted.Length * size];
        Parallel.For(
            0,
            wanted.Length,
            i =>
            {
                (int stream, long index) = wanted[i];
                samples[i] = source.Read(stream, index);
                if (samples[i].NegativeImage is not { } negative)
                {
                    throw new InvalidDataException(
                        $"stream '{source.Streams[stream]}', sample {index}: there is no opposite image; adaptations are compared on "
                            + "pairs of images"
                    );
                }

                SampleEncoder.Prepare(clip, samples[i].Image, pixels.AsSpan(2 * i * size, size));
                SampleEncoder.Prepare(clip, negative, pixels.AsSpan(((2 * i) + 1) * size, size));
            }
        );
        return (samples, pixels);
    }

    /// <summary>The pictures, prepared for CLIP, and the captions of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>Pixels [2 · samples, 3, side, side], and 2 · samples captions.</returns>
    public (float[] Pixels, string[] Captions) Read(int step)
    {
        (int Stream, long Index, int Paraphrase)[] chosen = Choose(step);
        (HeadTrainingSample[] samples, float[] pixels) = Draw([.. chosen.Select(sample => (sample.Stream, sample.Index))]);
        return (
            pixels,
            [
                .. samples.SelectMany(
                    (sample, i) =>
                        new[]
                        {
                            Paraphrase(sample.Captions, chosen[i].Paraphrase),
                            Paraphrase(sample.NegativeCaptions, chosen[i].Paraphrase),
                        }
                ),
            ]
        );
    }

    private static string Paraphrase(IReadOnlyList<string> captions, int paraphrase) => captions[paraphrase % captions.Count];

    // A head has all of these samples encoded at once, the first pass deciding their places.
    private (int Stream, long Index) Chosen(int stream, long visit)
    {
        int count = (int)Math.Min(source.Count(stream) ?? options.Samples, options.Samples);
        return (stream, _order.Index(stream, _order.Visited(stream, 0, visit, count), source.Count(stream)));
    }
}
