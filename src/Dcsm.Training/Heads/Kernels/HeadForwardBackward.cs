using Dcsm.Head;
using Dcsm.Numerics.Vectors;
using Dcsm.Training.Heads.Statements;
using static TorchSharp.torch;

namespace Dcsm.Training.Heads.Kernels;

/// <summary>
/// Maps, scores and gradients of a head on the CPU, without libtorch: the work of <see cref="HeadBatch.Maps"/>,
/// <see cref="TorchHead.Score"/> and autograd. Images and texts are constants; gradients go to the head's parameters only.
/// </summary>
/// <remarks>
/// The numbers do not depend on how many threads there are, or on which one does what: every sum runs in an order that the
/// sizes alone decide.
/// </remarks>
internal abstract class HeadForwardBackward
{
    /// <summary>The kernel for a width of vectors, or for the widest that the processor has.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="head">Whose parameters are read, and given gradients.</param>
    /// <param name="width">The width; null for the widest.</param>
    /// <param name="threads">How many threads may work; −1 for as many as there are processors.</param>
    public static HeadForwardBackward Create(DcsmConfig config, TorchHead head, VectorWidth? width = null, int threads = -1) =>
        (width ?? VectorWidth.Widest).Run(new Creation(config, head, threads));

    /// <summary>Scores of every image with every caption of its group; 0 for images that are missing.</summary>
    /// <param name="batch">The embeddings.</param>
    /// <param name="standardizedTogether">As in <see cref="HeadBatch.Maps"/>.</param>
    /// <param name="forGradients">Whether <see cref="Backward"/> will take the gradients of these scores on.</param>
    /// <returns>[groups, images, captions].</returns>
    public abstract Tensor Score(HeadBatch batch, int? standardizedTogether, bool forGradients);

    /// <summary>Scores of pairs.</summary>
    /// <param name="batch">The embeddings, and the pairs.</param>
    /// <param name="forGradients">Whether <see cref="Backward"/> will take the gradients of these scores on.</param>
    /// <returns>[pairs].</returns>
    public abstract Tensor Score(HeadPairBatch batch, bool forGradients);

    /// <summary>Adds to the parameters' gradients what follows from those of all scores since the last call.</summary>
    public abstract void Backward();

    private sealed class Creation(DcsmConfig config, TorchHead head, int threads) : IVectorKernel<HeadForwardBackward>
    {
        public HeadForwardBackward Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector> => new InterleavedForwardBackward<TVector>(config, head, threads);
    }
}
