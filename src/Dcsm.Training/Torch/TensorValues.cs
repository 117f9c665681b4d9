using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Torch;

/// <summary>Tensors to and from what files keep of them.</summary>
internal static class TensorValues
{
    /// <summary>Shape and numbers, wherever the tensor lies.</summary>
    public static (int[] Shape, float[] Values) Values(this Tensor tensor)
    {
        using Tensor plain = tensor.detach().cpu().contiguous();
        return ([.. plain.shape.Select(size => (int)size)], [.. plain.data<float>()]);
    }

    /// <summary>Takes other numbers, as many as there are.</summary>
    public static void Set(this Tensor tensor, float[] values)
    {
        using IDisposable noGradient = no_grad();
        using Tensor given = torch.tensor(values, tensor.shape);
        tensor.copy_(given);
    }
}
