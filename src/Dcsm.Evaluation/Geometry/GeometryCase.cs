using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Geometry;

/// <summary>One case of a condition: satisfied where left is above right.</summary>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side.</param>
/// <param name="Concept">The place of the concept x, by which cases are clustered.</param>
/// <param name="Words">The case in words.</param>
/// <param name="Pictures">The pictures of it.</param>
public sealed record GeometryCase(double Left, double Right, int Concept, string Words, IReadOnlyList<GeometryPicture> Pictures)
{
    /// <summary>The pictures of it.</summary>
    public IReadOnlyList<GeometryPicture> Pictures
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Pictures);

    /// <summary>Left less right.</summary>
    public double Margin => Left - Right;
}
