using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Encoders;

/// <summary>Steps from the names that tensors are stored under to those that graphs know.</summary>
internal static class TensorNames
{
    private static readonly string[] Parts = ["q_proj", "k_proj", "v_proj"];

    /// <summary>All but the counted places that old files hold.</summary>
    public static Dictionary<string, StoredTensor> Weights(IReadOnlyDictionary<string, StoredTensor> tensors) =>
        tensors.Where(tensor => !tensor.Key.EndsWith("position_ids", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Queries, keys and values that are stored one below the other, each by itself.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="given">The stored name, for messages.</param>
    /// <param name="tensor">[3 · width, …]</param>
    /// <param name="attention">What stands before "q_proj".</param>
    /// <param name="kind">"weight" or "bias".</param>
    public static IEnumerable<KeyValuePair<string, StoredTensor>> Split(
        string file,
        string given,
        StoredTensor tensor,
        string attention,
        string kind
    )
    {
        if (tensor.Shape.Count == 0 || tensor.Shape[0] % 3 != 0)
        {
            throw new InvalidDataException(
                $"{file}: tensor '{given}' has shape [{string.Join(", ", tensor.Shape)}]; expected three times the width, for q, k and v."
            );
        }

        int rows = tensor.Shape[0] / 3;
        return Parts.Select(
            (part, i) => KeyValuePair.Create<string, StoredTensor>($"{attention}.{part}.{kind}", TensorView.Rows(tensor, i * rows, rows))
        );
    }
}
