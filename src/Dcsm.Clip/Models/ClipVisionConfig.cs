namespace Dcsm.Clip.Models;

/// <summary>The <c>vision_config</c> of a Hugging Face CLIP; defaults are those of transformers' <c>CLIPVisionConfig</c>.</summary>
/// <remarks>
/// Of a ResNet (<see cref="ResNet"/>), <see cref="HiddenSize"/> and <see cref="Heads"/> are those of the attention
/// pooling, <see cref="PatchSize"/> is the 32 pixels that one place of its grid stands for, and the transformer's
/// other sizes mean nothing.
/// </remarks>
public sealed record ClipVisionConfig
{
    /// <summary>Width of the transformer.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Width of the MLP's hidden layer.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Number of transformer layers.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Attention heads per layer.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>Color channels of the pixels.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Side of the square image, in pixels.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Side of a square patch, in pixels.</summary>
    public int PatchSize { get; init; } = 32;

    /// <summary>The MLP's activation.</summary>
    public ClipActivation Activation { get; init; } = ClipActivation.QuickGelu;

    /// <summary>Epsilon of every layer norm.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-5;

    /// <summary>Attention heads of the pooling of a CoCa; of no matter for others.</summary>
    public int PoolHeads { get; init; } = 8;

    /// <summary>The ResNet, where the image tower is one; null for a vision transformer.</summary>
    public ClipResNetConfig? ResNet { get; init; }

    /// <summary>Patches along one side of the image.</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>Tokens of an image: the class token (of a ResNet the pooled one) and the patches.</summary>
    public int Tokens => 1 + (Grid * Grid);
}
