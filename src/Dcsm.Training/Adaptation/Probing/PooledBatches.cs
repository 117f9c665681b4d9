using Dcsm.Clip.Models;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Adaptation.Probing;

/// <summary>The steps of an adaptation as pooled embeddings of a frozen CLIP; each sample is encoded once, when it is first met.</summary>
internal sealed class PooledBatches(ClipModel clip, AdaptationBatches batches)
{
    private readonly Dictionary<(int Stream, long Index), (float[] Images, float[] Captions)> _known = [];

    /// <summary>The embeddings of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>Image and negative image, and caption and negative caption, of each sample. Both [samples, 2, dimension].</returns>
    public (float[] Images, float[] Captions) Read(int step)
    {
        (int Stream, long Index, int Paraphrase)[] chosen = batches.Choose(step);
        Encode([.. chosen.Select(sample => (sample.Stream, sample.Index)).Where(sample => !_known.ContainsKey(sample)).Distinct()]);
        int width = 2 * clip.Dimension;
        float[] images = new float[chosen.Length * width];
        float[] captions = new float[chosen.Length * width];
        for (int i = 0; i < chosen.Length; i++)
        {
            (float[] ownImages, float[] ownCaptions) = _known[(chosen[i].Stream, chosen[i].Index)];
            ownImages.CopyTo(images, i * width);
            ownCaptions.AsSpan(chosen[i].Paraphrase % (ownCaptions.Length / width) * width, width).CopyTo(captions.AsSpan(i * width));
        }
        return (images, captions);
    }

    private void Encode((int Stream, long Index)[] wanted)
    {
        if (wanted.Length == 0)
            return;
        (HeadTrainingSample[] samples, float[] pixels) = batches.Draw(wanted);
        int width = 2 * clip.Dimension;
        ReadOnlySpan<float> images = clip.EncodePixels(pixels, 2 * samples.Length).Pooled.Values;
        ReadOnlySpan<float> captions = clip.EncodeTexts(
            HeadTrainingSample.CaptionsOf(samples),
            clip.Config.Text.ContextLength
        ).Pooled.Values;
        for (int i = 0, at = 0; i < samples.Length; i++)
        {
            int length = samples[i].Captions.Count * width;
            _known[wanted[i]] = (images[(i * width)..((i + 1) * width)].ToArray(), captions[at..(at + length)].ToArray());
            at += length;
        }
    }
}
