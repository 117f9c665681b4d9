using Dcsm.Head;
using Dcsm.Training.Heads;
using static TorchSharp.torch;

namespace Dcsm.Training.Samples;

/// <summary>The token embeddings of a number of samples, stored as half floats: a pool is large, and maps need no more.</summary>
internal sealed class EncodedSamples : IDisposable
{
    public EncodedSamples(int count, int paraphrases, DcsmConfig config)
    {
        (Count, Paraphrases) = (count, paraphrases);
        Images = empty([count, 2, config.ImageTokens, config.Dimension], ScalarType.Float16).DetachFromDisposeScope();
        Texts = empty([(long)count * paraphrases, 2, config.TextTokens, config.Dimension], ScalarType.Float16).DetachFromDisposeScope();
        Rows = empty([(long)count * paraphrases, 2, config.TextTokens], ScalarType.Int64).DetachFromDisposeScope();
        Present = ones([count, 2]).DetachFromDisposeScope();
    }

    public int Count { get; }

    public int Paraphrases { get; }

    /// <summary>[samples, image and hard negative, imageTokens, dimension]; zeros where there is no negative.</summary>
    public Tensor Images { get; }

    /// <summary>
    /// [samples · paraphrases, caption and hard negative, textTokens, dimension]; columns as the rows' placement moved them.
    /// </summary>
    public Tensor Texts { get; }

    /// <summary>
    /// Per column the functional row that stands there, or −1. [samples · paraphrases, caption and hard negative, textTokens].
    /// </summary>
    public Tensor Rows { get; }

    /// <summary>Which images are there, 1 or 0. [samples, image and hard negative].</summary>
    public Tensor Present { get; }

    /// <summary>Whether every sample has a negative image.</summary>
    public bool Complete { get; set; } = true;

    /// <summary>Some samples, each in one paraphrase.</summary>
    public HeadBatch Draw(long[] samples, long[] paraphrases)
    {
        using Tensor images = tensor(samples);
        using Tensor texts = tensor([.. samples.Zip(paraphrases, (sample, paraphrase) => (sample * Paraphrases) + paraphrase)]);
        return new HeadBatch(
            Images.index_select(0, images).to(ScalarType.Float32),
            Texts.index_select(0, texts).to(ScalarType.Float32),
            Rows.index_select(0, texts),
            Complete ? null : Present.index_select(0, images)
        );
    }

    public void Dispose()
    {
        Images.Dispose();
        Texts.Dispose();
        Rows.Dispose();
        Present.Dispose();
    }
}
