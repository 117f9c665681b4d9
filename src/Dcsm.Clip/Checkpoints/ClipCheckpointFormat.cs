namespace Dcsm.Clip.Checkpoints;

/// <summary>Whose names a checkpoint's tensors carry.</summary>
public enum ClipCheckpointFormat
{
    /// <summary>A TorchScript archive as OpenAI published them.</summary>
    OpenAI,

    /// <summary>A state dict with OpenAI's names, as open_clip writes it.</summary>
    OpenClip,

    /// <summary>A state dict with the names of transformers' <c>CLIPModel</c>.</summary>
    HuggingFace,
}
