using Dcsm.IO.PyTorch;

namespace Dcsm.Clip.Checkpoints;

/// <summary>Finds a CLIP's tensors in a PyTorch checkpoint, under whichever key and prefix they were saved.</summary>
internal sealed record ClipStateDict(ClipCheckpointFormat Format, IReadOnlyDictionary<string, PyTorchTensor> Tensors)
{
    private static readonly string[] Keys = ["state_dict", "model_state_dict", "model", "clip_state_dict"];
    private static readonly string[] Prefixes = ["module.", "_orig_mod.", "model.", "clip."];

    public static ClipStateDict Find(PyTorchCheckpoint file)
    {
        if (file.Root is PyTorchObject root)
        {
            IEnumerable<object?> places =
                file.Format == PyTorchFormat.TorchScript
                    ? []
                    : Keys.Where(key => root.TryGet<PyTorchObject>(key, out _)).Select(key => root[key]);
            foreach (object? place in places.Append(root))
            {
                Dictionary<string, PyTorchTensor> tensors = WithoutPrefix(file.TensorsBelow(place));
                if (tensors.ContainsKey("text_model.embeddings.token_embedding.weight"))
                    return new ClipStateDict(ClipCheckpointFormat.HuggingFace, Weights(tensors));
                if (tensors.ContainsKey("token_embedding.weight") || tensors.ContainsKey("text.token_embedding.weight"))
                {
                    return new ClipStateDict(
                        file.Format == PyTorchFormat.TorchScript ? ClipCheckpointFormat.OpenAI : ClipCheckpointFormat.OpenClip,
                        OpenAINames.ToTransformers(file.Path, tensors)
                    );
                }
            }
        }
        throw new InvalidDataException(
            $"{file.Path}: there is no CLIP in this checkpoint: neither at its top nor under {string.Join(", ", Keys)} is there "
                + $"a 'token_embedding.weight' with OpenAI's or transformers' name."
                + (file.Names.Count == 0 ? " It has no tensors at all." : $" Its first tensor is '{file.Names[0]}'.")
        );
    }

    private static Dictionary<string, PyTorchTensor> WithoutPrefix(Dictionary<string, PyTorchTensor> tensors)
    {
        while (
            tensors.Count > 0
            && Prefixes.FirstOrDefault(prefix => tensors.Keys.All(name => name.StartsWith(prefix, StringComparison.Ordinal))) is { } prefix
        )
        {
            tensors = tensors.ToDictionary(tensor => tensor.Key[prefix.Length..], tensor => tensor.Value, StringComparer.Ordinal);
        }

        return tensors;
    }

    private static Dictionary<string, PyTorchTensor> Weights(Dictionary<string, PyTorchTensor> tensors) =>
        tensors.Where(tensor => !tensor.Key.EndsWith("position_ids", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
}
