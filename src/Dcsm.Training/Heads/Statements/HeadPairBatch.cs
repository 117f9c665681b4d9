using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Training.Samples;
using Dcsm.Training.Torch;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Dcsm.Training.Heads.Statements;

/// <summary>Images, captions, and the pairs of them that are scored.</summary>
/// <param name="Images">[images, imageTokens, dimension].</param>
/// <param name="Texts">[captions, textTokens, dimension].</param>
/// <param name="Rows">Per column the functional row that stands there, or −1. [captions, textTokens].</param>
/// <param name="Pairs">The pairs, by index.</param>
/// <param name="Targets">1 for true, 0 for false, between for neither. [pairs]</param>
/// <param name="Weights">Shares in the loss, of mean 1. [images], then [captions]</param>
internal sealed record HeadPairBatch(
    Tensor Images,
    Tensor Texts,
    Tensor Rows,
    IReadOnlyList<(int Image, int Caption)> Pairs,
    float[] Targets,
    (float[] Images, float[] Captions) Weights
)
{
    /// <summary>Joins groups; only pairs of one group, of which something is known, are scored.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="weights">Per group its share in the loss; null for equal ones.</param>
    public static HeadPairBatch Join(IReadOnlyList<EncodedGroup> groups, DcsmConfig config, IReadOnlyList<float>? weights = null)
    {
        var pairs = new List<(int Image, int Caption)>();
        var targets = new List<float>();
        List<float> imageWeights = [],
            captionWeights = [];
        for (int g = 0; g < groups.Count; g++)
        {
            EncodedGroup group = groups[g];
            (int images, int captions) = (group.Targets.Rows, group.Targets.Columns);
            for (int image = 0; image < images; image++)
            {
                for (int caption = 0; caption < captions; caption++)
                {
                    if (float.IsNaN(group.Targets[image, caption]))
                        continue;
                    pairs.Add((imageWeights.Count + image, captionWeights.Count + caption));
                    targets.Add(group.Targets[image, caption]);
                }
            }

            imageWeights.AddRange(Enumerable.Repeat(weights?[g] ?? 1, images));
            captionWeights.AddRange(Enumerable.Repeat(weights?[g] ?? 1, captions));
        }

        return new HeadPairBatch(
            Floats(groups.Select(group => group.Images), config.ImageTokens, config.Dimension),
            Floats(groups.Select(group => group.Texts), config.TextTokens, config.Dimension),
            tensor(groups.SelectMany(group => group.Rows).ToArray(), [captionWeights.Count, config.TextTokens]),
            pairs,
            [.. targets],
            ([.. imageWeights], [.. captionWeights])
        );
    }

    /// <summary>Dense maps of the pairs, with functional rows in place, standardized; what the kernel computes, in libtorch.</summary>
    /// <param name="functionalRows">[words, imageTokens].</param>
    /// <param name="config">How they are standardized.</param>
    /// <returns>[pairs, imageTokens, textTokens].</returns>
    public Tensor Maps(Tensor functionalRows, DcsmConfig config)
    {
        using IDisposable noGradient = no_grad();
        Tensor maps = PlacedMaps(functionalRows);
        if (config.Standardization == MapStandardization.Fixed)
            return maps.Minus(config.MapMean).Over(config.MapDeviation);
        maps = maps - maps.mean([1, 2], keepdim: true);
        return maps / maps.flatten(1).std(1, unbiased: true, keepdim: true).clamp(min: Number(1e-12)).unsqueeze(2);
    }

    /// <summary>Dense maps of the pairs, with functional rows in place.</summary>
    /// <param name="functionalRows">[words, imageTokens].</param>
    /// <returns>[pairs, imageTokens, textTokens].</returns>
    public Tensor PlacedMaps(Tensor functionalRows)
    {
        using IDisposable noGradient = no_grad();
        Tensor images = tensor(Pairs.Select(pair => (long)pair.Image).ToArray()),
            texts = tensor(Pairs.Select(pair => (long)pair.Caption).ToArray());
        Tensor maps = Images.index_select(0, images).bmm(Texts.index_select(0, texts).transpose(1, 2));
        Tensor placed = Rows.index_select(0, texts);
        if (functionalRows.shape[0] > 0)
        {
            Tensor free = placed.lt(Number(0)).to(ScalarType.Float32).unsqueeze(1); // [pairs, 1, textTokens]
            Tensor taken = placed.ge(Number(0)).to(ScalarType.Float32).unsqueeze(1);
            Tensor rows = functionalRows
                .index_select(0, placed.clamp(min: Number(0)).flatten())
                .reshape(placed.shape[0], placed.shape[1], -1)
                .transpose(1, 2);
            maps = (maps * free).Plus(rows * taken);
        }

        return maps;
    }

    private static Tensor Floats(IEnumerable<Half[]> parts, int tokens, int dimension)
    {
        Half[][] all = [.. parts];
        float[] values = new float[all.Sum(part => part.Length)];
        int at = 0;
        foreach (Half[] part in all)
        {
            TensorPrimitives.ConvertToSingle(part, values.AsSpan(at));
            at += part.Length;
        }

        return tensor(values, [values.Length / (tokens * dimension), tokens, dimension]);
    }
}
