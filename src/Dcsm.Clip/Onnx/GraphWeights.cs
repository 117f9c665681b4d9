namespace Dcsm.Clip.Onnx;

/// <summary>Where the weights of a graph are.</summary>
/// <param name="File">Name of an existing file, in whose stead the session is given the weights' values.</param>
/// <param name="Check">Is given each weight when it is first named, and throws where there is none: nothing is built beyond it.</param>
/// <param name="IsHalf">Whether the graph computes in 16 bits, and its weights are rounded to them.</param>
internal sealed record GraphWeights(string File, Action<OnnxWeight> Check, bool IsHalf = false)
{
    /// <summary>For graphs that have none.</summary>
    public static GraphWeights None { get; } = new("", static _ => { });
}
