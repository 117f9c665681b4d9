using Dcsm.Numerics.Maps;
using Dcsm.Training.Torch;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;

namespace Dcsm.Training.Heads;

/// <summary>Groups of images and captions; within a group image i and caption i belong together.</summary>
/// <param name="Images">[groups, n, imageTokens, dimension].</param>
/// <param name="Texts">[groups, n, textTokens, dimension].</param>
/// <param name="Rows">Per column the functional row that stands there, or −1. [groups, n, textTokens].</param>
/// <param name="Present">
/// Which images are there: 1, or 0 for a negative image that a sample lacks. [groups, n]; null where none is missing.
/// </param>
internal sealed record HeadBatch(Tensor Images, Tensor Texts, Tensor Rows, Tensor? Present = null)
{
    /// <summary>
    /// Joins samples into larger groups: <paramref name="size"/> images, then their hard negatives, as in the official code.
    /// </summary>
    public HeadBatch Join(int size) =>
        size == 1 ? this : new(Join(Images, size), Join(Texts, size), Join(Rows, size), Present is null ? null : Join(Present, size));

    /// <summary>The first samples of each of several streams.</summary>
    /// <param name="streams">Number of streams, one after the other in this batch, of equal length.</param>
    /// <param name="count">How many samples of each to take.</param>
    public HeadBatch Take(int streams, int count) =>
        new(
            Take(Images, streams, count),
            Take(Texts, streams, count),
            Take(Rows, streams, count),
            Present is null ? null : Take(Present, streams, count)
        );

    /// <summary>Dense maps of each group's images and captions, with functional rows in place, standardized.</summary>
    /// <param name="functionalRows">[words, imageTokens].</param>
    /// <param name="standardizedTogether">
    /// How many parts of the batch, of equal length, are standardized each as a whole; null for map by map.
    /// </param>
    /// <param name="known">Constants by which maps are standardized instead; null for none.</param>
    /// <returns>[groups, images, captions, imageTokens, textTokens].</returns>
    public Tensor Maps(Tensor functionalRows, int? standardizedTogether, MapStatistics? known = null)
    {
        using IDisposable noGradient = no_grad();
        long n = Images.shape[1],
            columns = Texts.shape[2];
        Tensor maps = Images
            .flatten(1, 2)
            .bmm(Texts.flatten(1, 2).transpose(1, 2)) // [groups, n · I, n · T]
            .unflatten(2, [n, columns])
            .unflatten(1, [n, -1])
            .transpose(2, 3)
            .contiguous(); // [groups, n, n, I, T]
        if (functionalRows.shape[0] > 0)
        {
            Tensor free = Rows.lt(Number(0)).to(ScalarType.Float32).unsqueeze(1).unsqueeze(3); // [groups, 1, n, 1, T]
            Tensor taken = Rows.ge(Number(0)).to(ScalarType.Float32).unsqueeze(1).unsqueeze(3);
            Tensor rows = functionalRows
                .index_select(0, Rows.clamp(min: Number(0)).flatten())
                .reshape(Rows.shape[0], n, columns, -1)
                .transpose(2, 3)
                .unsqueeze(1); // [groups, 1, n, I, T]
            maps.mul_(free).Add(rows * taken);
        }

        if (known is { } constants)
            return maps.sub_(Number(constants.Mean)).mul_(Number(constants.Scale));
        if (Present is not null && standardizedTogether is { } together)
        {
            StandardizePresent(maps, Present, together);
            return maps;
        }
        Tensor parts = maps.view(standardizedTogether ?? Images.shape[0] * n * n, -1);
        parts.sub_(parts.mean([1], keepdim: true));
        parts.div_(parts.std(1, unbiased: true, keepdim: true).clamp_(min: Number(1e-12))); // A constant map becomes zeros.
        return maps;
    }

    // As if the maps of the missing images were not in the batch at all.
    private static void StandardizePresent(Tensor maps, Tensor present, int together)
    {
        Tensor all = maps.view(together, -1, maps.shape[2] * maps.shape[3] * maps.shape[4]); // [parts, images, C · I · T]
        Tensor counted = present.reshape(together, -1, 1);
        Tensor count = counted.sum(1, keepdim: true).Times(all.shape[2]);
        all.sub_((all * counted).sum([1, 2], keepdim: true) / count);
        Tensor deviation = (all * all * counted).sum([1, 2], keepdim: true).div_(count.Minus(1)).sqrt_();
        all.div_(deviation.clamp_(min: Number(1e-12))).mul_(counted);
    }

    private static Tensor Join(Tensor x, int size) => x.unflatten(0, [-1, size]).transpose(1, 2).flatten(1, 2);

    private static Tensor Take(Tensor x, int streams, int count) => x.unflatten(0, [streams, -1]).narrow(1, 0, count).flatten(0, 1);
}
