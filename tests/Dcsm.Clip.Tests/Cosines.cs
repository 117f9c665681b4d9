using System.Numerics.Tensors;
using Dcsm.Clip.Models;

namespace Dcsm.Clip.Tests;

/// <summary>How near two encodings of the same things are.</summary>
internal static class Cosines
{
    /// <summary>Token by token.</summary>
    public static double[] Of(TokenEmbeddings a, TokenEmbeddings b) =>
        [
            .. Enumerable
                .Range(0, a.Count * a.Tokens)
                .Select(token =>
                    (double)
                        TensorPrimitives.CosineSimilarity<float>(
                            a.Values.Slice(token * a.Dimension, a.Dimension),
                            b.Values.Slice(token * a.Dimension, a.Dimension)
                        )
                ),
        ];
}
