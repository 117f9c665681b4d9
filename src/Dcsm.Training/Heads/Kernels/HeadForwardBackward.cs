using Dcsm.Head;
using Dcsm.Numerics.Vectors;
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
    /// <summary>The kernel for the widest vectors that the processor has, or for a given width.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="head">Whose parameters are read, and given gradients.</param>
    /// <param name="vectorBits">128, 256 or 512; 0 for the widest.</param>
    /// <param name="threads">How many threads may work; −1 for as many as there are processors.</param>
    public static HeadForwardBackward Create(DcsmConfig config, TorchHead head, int vectorBits = 0, int threads = -1) =>
        (vectorBits == 0 ? VectorWidth.Widest : vectorBits) switch
        {
            512 => new InterleavedForwardBackward<Simd512>(config, head, threads),
            256 => new InterleavedForwardBackward<Simd256>(config, head, threads),
            128 => new InterleavedForwardBackward<Simd128>(config, head, threads),
            _ => throw new ArgumentOutOfRangeException(nameof(vectorBits), vectorBits, "128, 256 or 512 is meant."),
        };

    /// <summary>Scores of every image with every caption of its group; 0 for images that are missing.</summary>
    /// <param name="batch">The embeddings.</param>
    /// <param name="standardizedTogether">As in <see cref="HeadBatch.Maps"/>.</param>
    /// <param name="forGradients">Whether <see cref="Backward"/> will take the gradients of these scores on.</param>
    /// <returns>[groups, images, captions].</returns>
    public abstract Tensor Score(HeadBatch batch, int? standardizedTogether, bool forGradients);

    /// <summary>Adds to the parameters' gradients what follows from those of all scores since the last call.</summary>
    public abstract void Backward();
}
