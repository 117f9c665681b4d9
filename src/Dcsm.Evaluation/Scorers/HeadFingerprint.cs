using System.Runtime.InteropServices;
using Dcsm.Head;
using Dcsm.IO.Digests;

namespace Dcsm.Evaluation.Scorers;

/// <summary>An identity of a head's numbers.</summary>
internal static class HeadFingerprint
{
    /// <summary>"sha256:…" over the little-endian float32 values of all tensors in the order of <see cref="DcsmHeadWeights"/>.</summary>
    public static string Of(DcsmHead head)
    {
        DcsmHeadWeights w = head.Weights;
        using var digest = new Sha256Digest();
        foreach (
            ReadOnlyMemory<float> tensor in (ReadOnlyMemory<float>[])
                [
                    w.Conv1Weight,
                    w.Conv1Bias,
                    w.Conv2Weight,
                    w.Conv2Bias,
                    .. w.FurtherConvolutions.SelectMany(layer => new[] { layer.Weight, layer.Bias }),
                    w.Fc1Weight,
                    w.Fc1Bias,
                    w.Fc2Weight,
                    w.Fc2Bias,
                    w.FunctionalRows,
                ]
        )
        {
            digest.Append(MemoryMarshal.AsBytes(tensor.Span));
        }

        return digest.Finish();
    }
}
