using Dcsm.Clip.Tokenization;
using Dcsm.Head;

namespace Dcsm.Training.Samples;

/// <summary>Some samples as CLIP gives them.</summary>
/// <param name="slots">Which pictures are there: 2 · sample, or 2 · sample + 1 for the negative, in rising order.</param>
/// <param name="images">Those pictures. [slots, imageTokens, dimension]</param>
/// <param name="captionCounts">Captions of each sample: caption and negative caption of each paraphrase.</param>
/// <param name="texts">[captions, textTokens, dimension]</param>
/// <param name="captions">Their tokens. [captions]</param>
/// <param name="config">The sizes.</param>
internal sealed class SampleBatch(
    List<int> slots,
    float[] images,
    int[] captionCounts,
    float[] texts,
    IReadOnlyList<TokenizedText> captions,
    DcsmConfig config
)
{
    private readonly int[] _firstCaptions = [.. captionCounts.Select((_, i) => captionCounts.Take(i).Sum())];

    public List<int> Slots { get; } = slots;

    public float[] Images { get; } = images;

    public float[] Texts { get; } = texts;

    public IReadOnlyList<TokenizedText> Captions { get; } = captions;

    public int Count => captionCounts.Length;

    public int Paraphrases(int sample) => captionCounts[sample] / 2;

    public int FirstCaption(int sample) => _firstCaptions[sample];

    public static SampleBatch Of(IReadOnlyList<SampleEncoding> samples, DcsmConfig config)
    {
        int perImage = config.ImageTokens * config.Dimension;
        var slots = new List<int>();
        for (int i = 0; i < samples.Count; i++)
        {
            slots.Add(2 * i);
            if (samples[i].Images.Length > perImage)
                slots.Add((2 * i) + 1);
        }
        return new SampleBatch(
            slots,
            [.. samples.SelectMany(sample => Array.ConvertAll(sample.Images, value => (float)value))],
            [.. samples.Select(sample => sample.Captions.Length)],
            [.. samples.SelectMany(sample => Array.ConvertAll(sample.Texts, value => (float)value))],
            [.. samples.SelectMany(sample => sample.Captions)],
            config
        );
    }

    public SampleEncoding Extract(int sample)
    {
        int perImage = config.ImageTokens * config.Dimension,
            perText = config.TextTokens * config.Dimension;
        int first = Slots.IndexOf(2 * sample),
            pictures = first + 1 < Slots.Count && Slots[first + 1] == (2 * sample) + 1 ? 2 : 1;
        return new SampleEncoding(
            Halves(Images.AsSpan(first * perImage, pictures * perImage)),
            Halves(Texts.AsSpan(FirstCaption(sample) * perText, captionCounts[sample] * perText)),
            [.. Enumerable.Range(FirstCaption(sample), captionCounts[sample]).Select(caption => Captions[caption])]
        );
    }

    internal static Half[] Halves(ReadOnlySpan<float> values)
    {
        var halves = new Half[values.Length];
        System.Numerics.Tensors.TensorPrimitives.ConvertToHalf(values, halves);
        return halves;
    }
}
