using Dcsm.Training.Torch;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Dcsm.Training.Heads;

/// <summary>Losses and accuracy of scores.</summary>
internal static class HeadLosses
{
    /// <summary>
    /// Cross-entropy of the captions for each image plus that of the images for each caption, each a mean, no temperature;
    /// image i and caption i belong together. Of 16 × 16 scores it is the official loss, of 2 × 2 the block loss.
    /// </summary>
    /// <param name="scores">[groups, images, captions], as many captions as images.</param>
    public static Tensor Contrastive(Tensor scores)
    {
        Tensor rows = F.log_softmax(scores, 2).diagonal(0, 1, 2),
            columns = F.log_softmax(scores, 1).diagonal(0, 1, 2);
        return -rows.mean().Plus(columns.mean());
    }

    /// <summary>
    /// The same for each group, where images may be missing: the captions are told apart for the images that are there, and
    /// the images that are there for their own captions. Of 8 images and 16 captions it is the mean of 8 cross-entropies over
    /// 16 captions plus that of 8 over 8 images; of one image and two captions, the first term alone, the second being zero.
    /// </summary>
    /// <param name="scores">[groups, images, captions], as many captions as images; what a missing image scores does not matter.</param>
    /// <param name="present">
    /// 1 for images that are there, 0 for others; at least one a group. [groups, images]; null where none is missing.
    /// </param>
    /// <returns>[groups].</returns>
    public static Tensor ContrastiveOfGroups(Tensor scores, Tensor? present)
    {
        if (present is null)
            return -F.log_softmax(scores, 2).diagonal(0, 1, 2).Plus(F.log_softmax(scores, 1).diagonal(0, 1, 2)).mean([1]);
        Tensor missing = present.eq(Number(0));
        Tensor rows = F.log_softmax(scores, 2).diagonal(0, 1, 2);
        Tensor columns = F.log_softmax(scores.masked_fill(missing.unsqueeze(2), Number(double.NegativeInfinity)), 1).diagonal(0, 1, 2);
        // Filled, not multiplied: a missing image's own column holds minus infinity.
        return -rows.Plus(columns).masked_fill(missing, Number(0)).sum(1) / present.sum(1);
    }

    /// <summary>The 2 × 2 scores of the samples of joined groups.</summary>
    /// <param name="scores">[groups, images, captions]: samples, then their hard negatives.</param>
    /// <returns>[groups · samples, 2, 2].</returns>
    public static Tensor Blocks(Tensor scores) =>
        scores.unflatten(2, [2, -1]).unflatten(1, [2, -1]).diagonal(0, 2, 4).permute(0, 3, 1, 2).flatten(0, 1);

    /// <summary>Whether each picture's own caption has the higher score; a tie is wrong.</summary>
    /// <param name="blocks">[samples, 2, 2].</param>
    /// <returns>[samples, 2], 0 or 1.</returns>
    public static Tensor Right(Tensor blocks)
    {
        Tensor own = blocks.diagonal(0, 1, 2),
            other = blocks.flip(2).diagonal(0, 1, 2);
        return own.gt(other).to(ScalarType.Float32);
    }
}
