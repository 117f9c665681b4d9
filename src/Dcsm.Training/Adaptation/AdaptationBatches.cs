using Dcsm.Clip;
using Dcsm.Data.Scenes;

namespace Dcsm.Training.Adaptation;

/// <summary>
/// The steps of an adaptation: samples of each stream in shuffled order, pass after pass, in a telling drawn at random. Images and
/// captions follow one another sample by sample, each followed by its opposite: image i and caption i belong together.
/// </summary>
internal sealed class AdaptationBatches(ClipModel clip, IHeadTrainingSource source, AdaptationOptions options)
{
    private const ulong OrderStream = 0xADA, TellingStream = 0xADB;

    /// <summary>The pictures, prepared for CLIP, and the captions of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>Pixels [2 · samples, 3, side, side], and 2 · samples captions.</returns>
    public (float[] Pixels, string[] Captions) Read(int step)
    {
        int streams = source.Streams.Count, count = streams * options.SamplesPerStream, size = 3 * clip.ImageSize * clip.ImageSize;
        var pixels = new float[2 * count * size];
        var captions = new string[2 * count];
        Parallel.For(0, count, i =>
        {
            int stream = i / options.SamplesPerStream;
            HeadTrainingSample sample = source.Read(stream, Index(stream, ((long)step * options.SamplesPerStream) + (i % options.SamplesPerStream)));
            if (sample.Opposite is null)
                throw new InvalidDataException($"stream '{source.Streams[stream]}' has samples without an opposite image; adaptations are compared on pairs of images");
            Prepare(sample.Image, pixels.AsSpan(2 * i * size, size));
            Prepare(sample.Opposite, pixels.AsSpan(((2 * i) + 1) * size, size));
            int telling = new SceneRandom(options.Seed, TellingStream + (ulong)stream, (ulong)((step * count) + i)).NextInt(sample.Captions.Count);
            (captions[2 * i], captions[(2 * i) + 1]) = (sample.Captions[telling], sample.OppositeCaptions[telling]);
        });
        return (pixels, captions);
    }

    private void Prepare(RgbImage image, Span<float> pixels)
    {
        if (image.Width == clip.ImageSize && image.Height == clip.ImageSize)
            clip.Preprocessor.Normalize(image.Pixels, pixels);
        else
            clip.Preprocessor.Preprocess(image, pixels);
    }

    private long Index(int stream, long visit)
    {
        long count = source.Count(stream) ?? long.MaxValue, place = visit % count;
        if (count > int.MaxValue)
            return place;
        // Only places of this pass are asked for, so the order is drawn anew each time: cheap beside a step.
        var random = new SceneRandom(options.Seed, OrderStream + (16 * (ulong)stream), (ulong)(visit / count));
        int[] order = [.. Enumerable.Range(0, (int)count)];
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order[place];
    }
}
