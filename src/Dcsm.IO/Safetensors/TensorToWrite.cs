using Dcsm.IO.Collections;

namespace Dcsm.IO.Safetensors;

/// <summary>A tensor on its way into a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Values">Gives the values, row-major, when they are wanted.</param>
public sealed record TensorToWrite(string Name, IReadOnlyList<int> Shape, Func<float[]> Values)
{
    /// <summary>Sizes, outermost first.</summary>
    public IReadOnlyList<int> Shape
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Shape);
}
