namespace Dcsm.Numerics.Vectors;

/// <summary>What is done, or made, in a width of vectors that is chosen when the program runs (<see cref="VectorWidth.Run"/>).</summary>
/// <typeparam name="TResult">What comes of it.</typeparam>
public interface IVectorKernel<out TResult>
{
    /// <summary>Does it in vectors of one type.</summary>
    TResult Run<TVector>()
        where TVector : unmanaged, IFloatVector<TVector>;
}
