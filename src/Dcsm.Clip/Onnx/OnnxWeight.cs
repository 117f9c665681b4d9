namespace Dcsm.Clip.Onnx;

/// <summary>A tensor that a graph takes from a checkpoint.</summary>
/// <param name="Name">Its name in the graph; if it is none that is computed, also in the checkpoint.</param>
/// <param name="Shape">The shape in which the graph uses it.</param>
/// <param name="StoredShape">The shape it must have in the checkpoint.</param>
internal record OnnxWeight(string Name, int[] Shape, int[] StoredShape)
{
    /// <summary>The checkpoint's tensors that it is made of.</summary>
    public virtual IReadOnlyList<(string Name, int[] Shape)> Stored => [(Name, StoredShape)];
}
