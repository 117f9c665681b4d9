using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Dcsm.Benchmarks.Peers;

/// <summary>The layers of transformers in libtorch, eager, with weights by their names.</summary>
internal sealed class TorchLayers : IDisposable
{
    private readonly Dictionary<string, Tensor> _weights = new(StringComparer.Ordinal);

    public Tensor this[string name] => _weights[name];

    public void Add(string name, float[] values, IEnumerable<int> shape) =>
        _weights[name] = tensor(values, [.. shape.Select(size => (long)size)]);

    /// <summary>A layer that normalizes first.</summary>
    public Tensor Layer(Tensor x, string name, int heads, double epsilon, Func<Tensor, Tensor> activation, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = Norm(x, $"{name}.layer_norm1", epsilon);
        Tensor attended = F.scaled_dot_product_attention(Heads("q_proj"), Heads("k_proj"), Heads("v_proj"), mask);
        x = x + Linear(attended.transpose(1, 2).flatten(2), $"{name}.self_attn.out_proj");
        return (x + Mlp(Norm(x, $"{name}.layer_norm2", epsilon), $"{name}.mlp", activation)).MoveToOuterDisposeScope();

        Tensor Heads(string part) => Linear(h, $"{name}.self_attn.{part}").unflatten(2, [heads, -1]).transpose(1, 2);
    }

    public Tensor Mlp(Tensor x, string name, Func<Tensor, Tensor> activation) =>
        Linear(activation(Linear(x, $"{name}.fc1")), $"{name}.fc2");

    public Tensor Linear(Tensor x, string name) => F.linear(x, _weights[$"{name}.weight"], _weights[$"{name}.bias"]);

    public Tensor Norm(Tensor x, string name, double epsilon) =>
        F.layer_norm(x, [x.shape[^1]], _weights[$"{name}.weight"], _weights[$"{name}.bias"], epsilon);

    public void Dispose()
    {
        foreach (Tensor weight in _weights.Values)
            weight.Dispose();
    }
}
